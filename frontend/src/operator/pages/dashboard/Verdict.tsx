import { Group, Paper, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { IconCircleCheck, IconClockExclamation, IconPlugConnectedX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Status } from "@/api/types";
import { formatNumber } from "@/lib/formats";

const LOOKS = {
  fresh: { color: "teal", icon: IconCircleCheck },
  lagging: { color: "yellow", icon: IconClockExclamation },
  broken: { color: "red", icon: IconPlugConnectedX },
} as const;
const MOST_REASONS = 3;

/** One line on how the whole mirror is doing, and what keeps it from being fresh. */
export function Verdict({ status }: { status: Status }) {
  const { t, i18n } = useTranslation("dashboard");
  const { color, icon: Icon } = LOOKS[status.verdict];
  const titles = new Map(status.entities.map((entity) => [entity.entity, entity.title]));
  const rows = status.entities.reduce((sum, entity) => sum + (entity.rows_here ?? 0), 0);
  const reasons = status.reasons.map((reason) => {
    const [code = "", name = ""] = reason.split(":");
    return t(`reasons.${code}`, { name: titles.get(name) ?? name, defaultValue: reason });
  });
  return (
    <Paper withBorder p="lg" component="section" aria-live="polite">
      <Group wrap="nowrap" align="flex-start" gap="md">
        <ThemeIcon size={48} radius="xl" variant="light" color={color}>
          <Icon size={28} aria-hidden />
        </ThemeIcon>
        <Stack gap={4}>
          <Title order={2} size="h3">
            {t(`verdict.${status.verdict}`)}
          </Title>
          <Text c="dimmed" size="sm">
            {t("verdict.summary", {
              portal: status.portal ?? t("verdict.noPortal"),
              rows: formatNumber(rows, i18n.language),
            })}
          </Text>
          {reasons.slice(0, MOST_REASONS).map((reason) => (
            <Text key={reason} size="sm">
              {reason}
            </Text>
          ))}
          {reasons.length > MOST_REASONS && (
            <Text size="sm" c="dimmed">
              {t("verdict.more", { count: reasons.length - MOST_REASONS })}
            </Text>
          )}
        </Stack>
      </Group>
    </Paper>
  );
}
