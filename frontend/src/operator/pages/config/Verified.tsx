import { ActionIcon, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconRosetteDiscountCheck, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useForget, useVerified } from "@/api/config";
import { useMay } from "@/api/session";
import { Folded } from "@/ui/Folded";
import { Moment } from "@/ui/Moment";
import { Cell, Line, Stacking } from "@/ui/Stacking";
import { Empty, Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { Section } from "./Section";

type Example = NonNullable<ReturnType<typeof useVerified>["data"]>[number];

/** Questions whose answer a person has found right; the model follows them. */
export function Verified() {
  const { t } = useTranslation("config");
  const examples = useVerified();
  if (examples.isPending) return <Loading rows={2} height={48} />;
  if (!examples.data)
    return <Trouble error={examples.error} onRetry={() => void examples.refetch()} />;
  return (
    <Section level={2} title={t("verified.title")} hint={t("verified.hint")}>
      {examples.data.length === 0 ? (
        <Empty
          icon={<IconRosetteDiscountCheck size={40} stroke={1.5} />}
          title={t("verified.none")}
          text={t("verified.noneText")}
        />
      ) : (
        <Stacking
          label={t("verified.title")}
          heads={[t("verified.question"), t("verified.by"), t("verified.at"), ""]}
        >
          {examples.data.map((example) => (
            <Row key={example.id} example={example} />
          ))}
        </Stacking>
      )}
    </Section>
  );
}

function Row({ example }: { example: Example }) {
  const { t } = useTranslation("config");
  const may = useMay("operator");
  const forget = useForget();
  return (
    <Line>
      <Cell>
        <Text size="sm" fw={600}>
          {example.question}
        </Text>
        <Folded title={t("verified.sql")} text={example.chart.sql} />
      </Cell>
      <Cell label={t("verified.by")}>
        <Text size="sm">{example.verified_by}</Text>
      </Cell>
      <Cell label={t("verified.at")}>
        <Text size="sm">
          <Moment at={example.verified_at} />
        </Text>
      </Cell>
      <Cell>
        {may && (
          <ActionIcon
            variant="subtle"
            color="gray"
            loading={forget.isPending}
            aria-label={t("verified.forget", { question: example.question })}
            onClick={() =>
              forget.mutate(example.id, {
                onError: (error) => notifications.show({ color: "red", message: error.message }),
              })
            }
          >
            <IconTrash size={16} />
          </ActionIcon>
        )}
      </Cell>
    </Line>
  );
}
