import { Alert, Badge, Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { IconChecklist, IconSearch, IconTableOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/config";
import { useMay } from "@/api/session";
import type { CrmObject, Validation } from "@/api/types";
import { useValidations } from "@/api/validation";
import { titleIn } from "@/lib/titles";
import { Cell, Line, Stacking } from "@/ui/Stacking";
import { Empty, Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { Checked, Sentence } from "./Proof";
import { type Verdict, VERDICT_COLOR, verdictOf } from "./proof";
import { Start } from "./Start";

/** For each object the sentence that says how the copy and the portal compare. */
export function Proofs({ onOpen }: { onOpen: (entity: string) => void }) {
  const { t } = useTranslation("validation");
  const objects = useObjects();
  const validations = useValidations();
  const [sought, setSought] = useState("");
  const [starting, setStarting] = useState<CrmObject | null>(null);
  const error = objects.error ?? validations.error;
  if (!objects.data || !validations.data) {
    if (!error) return <Loading rows={8} height={48} />;
    const retry = () => void Promise.all([objects.refetch(), validations.refetch()]);
    return <Trouble error={error} onRetry={retry} />;
  }
  const last = new Map(validations.data.validations.map((each) => [each.entity, each]));
  const copied = objects.data.filter((each) => each.enabled || last.has(each.entity));
  const words = sought.toLowerCase();
  const shown = copied.filter((each) =>
    `${each.title} ${each.table}`.toLowerCase().includes(words),
  );
  if (copied.length === 0) {
    return (
      <Empty
        icon={<IconChecklist size={40} stroke={1.5} />}
        title={t("none")}
        text={t("noneText")}
      />
    );
  }
  return (
    <Stack>
      <Summary verdicts={copied.map((each) => verdictOf(last.get(each.entity)))} />
      <TextInput
        w={{ base: "100%", xs: 320 }}
        leftSection={<IconSearch size={16} aria-hidden />}
        placeholder={t("search")}
        aria-label={t("search")}
        value={sought}
        onChange={(event) => setSought(event.currentTarget.value)}
      />
      {shown.length === 0 ? (
        <Empty
          icon={<IconTableOff size={40} stroke={1.5} />}
          title={t("notFound")}
          text={t("notFoundText")}
        />
      ) : (
        <Stacking
          label={t("title")}
          heads={[t("object"), t("verdictHead"), t("proof"), t("checked"), ""]}
        >
          {shown.map((object) => (
            <Row
              key={object.entity}
              object={object}
              validation={last.get(object.entity)}
              verdict={verdictOf(last.get(object.entity))}
              onOpen={() => onOpen(object.entity)}
              onStart={() => setStarting(object)}
            />
          ))}
        </Stacking>
      )}
      {starting && (
        <Start
          object={starting}
          onClose={() => setStarting(null)}
          onStarted={() => {
            setStarting(null);
            onOpen(starting.entity);
          }}
        />
      )}
    </Stack>
  );
}

function Summary({ verdicts }: { verdicts: readonly Verdict[] }) {
  const { t } = useTranslation("validation");
  const count = (...wanted: Verdict[]) =>
    verdicts.filter((verdict) => wanted.includes(verdict)).length;
  const bad = count("different", "failed");
  const never = count("never");
  if (never === verdicts.length) return <Alert color="bridge">{t("summary.never")}</Alert>;
  return (
    <Alert color={bad > 0 ? "orange" : "teal"}>
      {[
        t("summary.equal", { count: count("equal", "repaired", "recent"), of: verdicts.length }),
        bad > 0 && t("summary.different", { count: bad }),
        never > 0 && t("summary.left", { count: never }),
      ]
        .filter(Boolean)
        .join(" ")}
    </Alert>
  );
}

interface RowProps {
  object: CrmObject;
  validation: Validation | undefined;
  verdict: Verdict;
  onOpen: () => void;
  onStart: () => void;
}

function Row({ object, validation, verdict, onOpen, onStart }: RowProps) {
  const { t, i18n } = useTranslation("validation");
  const may = useMay("operator");
  const title = titleIn(object.title, i18n.language);
  return (
    <Line>
      <Cell>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Text size="xs" c="dimmed" ff="monospace">
          {object.table}
        </Text>
      </Cell>
      <Cell label={t("verdictHead")}>
        <Badge variant="light" tt="none" color={VERDICT_COLOR[verdict]}>
          {t(`verdict.${verdict}`)}
        </Badge>
      </Cell>
      <Cell label={t("proof")}>
        {validation ? (
          <Sentence validation={validation} />
        ) : (
          <Text size="sm" c="dimmed">
            —
          </Text>
        )}
      </Cell>
      <Cell label={t("checked")}>
        <Checked validation={validation} />
      </Cell>
      <Cell>
        <Group gap="xs" wrap="nowrap" justify="flex-end">
          {may && verdict !== "open" && (
            <Button
              size="compact-sm"
              variant="light"
              onClick={onStart}
              aria-label={t("checkOf", { name: title })}
            >
              {t("check")}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="subtle"
            onClick={onOpen}
            aria-label={t("openOf", { name: title })}
          >
            {t("open")}
          </Button>
        </Group>
      </Cell>
    </Line>
  );
}
