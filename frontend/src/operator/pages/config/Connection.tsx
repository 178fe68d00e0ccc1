import { Button, Card, Group, List, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconAlertTriangle, IconCheck, IconPlugConnected, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useDoctor } from "@/api/config";
import { useStatus } from "@/api/status";
import type { Finding } from "@/api/types";
import { useSentences } from "@/lib/sentences";
import { Empty, Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { verdictOf } from "./findings";

/** Which portal is copied, and whether everything it takes is there. */
export function Connection() {
  const { t } = useTranslation("config");
  const status = useStatus();
  const doctor = useDoctor();
  if (status.isPending) return <Loading rows={2} />;
  if (!status.data) return <Trouble error={status.error} onRetry={() => void status.refetch()} />;
  const { portal, portal_url } = status.data;
  if (portal === null) {
    return (
      <Empty
        icon={<IconPlugConnected size={40} stroke={1.5} />}
        title={t("connection.none")}
        text={t("connection.noneText")}
      />
    );
  }
  return (
    <Stack>
      <Card withBorder component="section">
        <Group justify="space-between" align="flex-start">
          <div>
            <Text size="xs" c="dimmed">
              {t("connection.portal")}
            </Text>
            <Title order={2} size="h4">
              {portal}
            </Title>
            <Text size="sm" c="dimmed" ff="monospace" mt={4}>
              {`${portal_url ?? ""}/rest/•••/••••••••••••/`}
            </Text>
          </div>
          <Button
            leftSection={<IconPlugConnected size={16} aria-hidden />}
            loading={doctor.isFetching}
            onClick={() => void doctor.refetch()}
          >
            {t("connection.test")}
          </Button>
        </Group>
        <Text size="sm" c="dimmed" mt="md" maw={680}>
          {t("connection.where")}
        </Text>
      </Card>
      <div aria-live="polite">
        {doctor.isPending && <Loading rows={5} height={40} />}
        {doctor.error && !doctor.isFetching && <Trouble error={doctor.error} />}
        {doctor.data && <Findings findings={doctor.data} />}
      </div>
    </Stack>
  );
}

const LOOKS = {
  good: { color: "teal", icon: IconCheck },
  note: { color: "yellow", icon: IconAlertTriangle },
  bad: { color: "red", icon: IconX },
} as const;

function Findings({ findings }: { findings: readonly Finding[] }) {
  const { t } = useTranslation("config");
  const verdict = verdictOf(findings);
  const said = useSentences();
  return (
    <Card withBorder component="section">
      <Group gap="sm" mb="md">
        <Mark level={verdict} />
        <Title order={3} size="h5">
          {t(`connection.verdict.${verdict}`)}
        </Title>
      </Group>
      <List spacing="sm" listStyleType="none" center={false}>
        {findings.map((found) => (
          <List.Item key={found.sentence} icon={<Mark level={found.level} />}>
            <Text size="sm" fw={600}>
              {t(`subject.${found.subject}`, { defaultValue: found.subject })}
            </Text>
            <Text size="sm" c="dimmed">
              {said.found(found)}
            </Text>
          </List.Item>
        ))}
      </List>
    </Card>
  );
}

function Mark({ level }: { level: Finding["level"] }) {
  const { t } = useTranslation("config");
  const { color, icon: Icon } = LOOKS[level];
  return (
    <ThemeIcon size={24} radius="xl" variant="light" color={color}>
      <Icon size={14} role="img" aria-label={t(`level.${level}`)} />
    </ThemeIcon>
  );
}
