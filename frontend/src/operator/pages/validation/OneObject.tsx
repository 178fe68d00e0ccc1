import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowLeft, IconChecklist, IconTableOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/config";
import { useMay } from "@/api/session";
import type { Validation } from "@/api/types";
import { isOpen, useValidations } from "@/api/validation";
import { titleIn } from "@/lib/titles";
import { Empty, Loading } from "@/ui/States";
import { Tabbed } from "@/ui/Tabbed";
import { Trouble } from "@/ui/Trouble";
import { Columns } from "./Columns";
import { Differences } from "./Differences";
import { Checked, Sentence } from "./Proof";
import { Repair } from "./Repair";
import { Start } from "./Start";

interface OneObjectProps {
  entity: string;
  tab: string;
  onTab: (tab: string) => void;
  onBack: () => void;
}

/** One object: its proof, what differs, and what its columns hold. */
export function OneObject({ entity, tab, onTab, onBack }: OneObjectProps) {
  const { t, i18n } = useTranslation("validation");
  const may = useMay("operator");
  const objects = useObjects();
  const validations = useValidations();
  const [starting, { open, close }] = useDisclosure();
  const error = objects.error ?? validations.error;
  const object = objects.data?.find((each) => each.entity === entity);
  const validation = validations.data?.validations.find((each) => each.entity === entity);
  const back = (
    <Button
      variant="subtle"
      size="xs"
      w="fit-content"
      leftSection={<IconArrowLeft size={14} aria-hidden />}
      onClick={onBack}
    >
      {t("back")}
    </Button>
  );
  if (!objects.data || !validations.data) {
    return error ? <Trouble error={error} /> : <Loading rows={4} />;
  }
  if (!object) {
    return (
      <Stack>
        {back}
        <Empty
          icon={<IconTableOff size={40} stroke={1.5} />}
          title={t("notFound")}
          text={t("unknown", { entity })}
        />
      </Stack>
    );
  }
  return (
    <Stack>
      {back}
      <Card withBorder component="section">
        <Group justify="space-between" align="flex-start">
          <Stack gap="xs" flex={1} miw={220}>
            <Title order={2} size="h4">
              {titleIn(object.title, i18n.language)}
            </Title>
            {validation ? (
              <>
                <Sentence validation={validation} />
                <Checked validation={validation} />
              </>
            ) : (
              <Text size="sm" c="dimmed">
                {t("neverText")}
              </Text>
            )}
          </Stack>
          {may && !(validation && isOpen(validation)) && (
            <Group gap="xs">
              {validation && <Repair validation={validation} />}
              <Button
                variant={validation ? "light" : "filled"}
                leftSection={<IconChecklist size={16} aria-hidden />}
                onClick={open}
              >
                {t(validation ? "checkAgain" : "check")}
              </Button>
            </Group>
          )}
        </Group>
      </Card>
      <Tabbed
        label={titleIn(object.title, i18n.language)}
        value={tab}
        onChange={onTab}
        tabs={[
          {
            value: "differences",
            label: t("tab.differences"),
            content: <Found validation={validation} table={object.table} />,
          },
          {
            value: "columns",
            label: t("tab.columns"),
            content: <Columns entity={entity} />,
          },
        ]}
      />
      {starting && <Start object={object} onClose={close} onStarted={close} />}
    </Stack>
  );
}

function Found({ validation, table }: { validation: Validation | undefined; table: string }) {
  const { t } = useTranslation("validation");
  if (!validation) {
    return (
      <Empty
        icon={<IconChecklist size={40} stroke={1.5} />}
        title={t("verdict.never")}
        text={t("neverText")}
      />
    );
  }
  return <Differences validation={validation} table={table} />;
}
