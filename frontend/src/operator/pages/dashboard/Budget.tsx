import { Card, Group, Progress, Stack, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Status } from "@/api/types";
import { formatNumber } from "@/lib/formats";

const MOST_METHODS = 6;
const colorOf = (share: number) => (share > 90 ? "red" : share > 70 ? "yellow" : "bridge");

/** How much of the portal's limits is used: calls at once, and working seconds of each method. */
export function Budget({ budget }: { budget: Status["budget"] }) {
  const { t, i18n } = useTranslation("dashboard");
  const { bucket } = budget;
  const methods = [...budget.methods]
    .sort(
      (one, other) =>
        other.used_seconds / other.limit_seconds - one.used_seconds / one.limit_seconds,
    )
    .slice(0, MOST_METHODS);
  return (
    <Card withBorder component="section">
      <Title order={2} size="h5" mb="xs">
        {t("budget.title")}
      </Title>
      <Text size="xs" c="dimmed" mb="sm">
        {t("budget.hint")}
      </Text>
      <Stack gap="sm">
        {bucket && (
          <Gauge
            label={t("budget.calls")}
            told={`${formatNumber(bucket.level, i18n.language)} / ${formatNumber(bucket.capacity, i18n.language)}`}
            share={(100 * bucket.level) / bucket.capacity}
          />
        )}
        {methods.map((method) => (
          <Gauge
            key={method.method}
            label={method.method}
            told={t("budget.seconds", {
              used: formatNumber(method.used_seconds, i18n.language),
              limit: formatNumber(method.limit_seconds, i18n.language),
            })}
            share={(100 * method.used_seconds) / method.limit_seconds}
            hint={t("budget.reset", {
              seconds: formatNumber(method.reset_in_seconds, i18n.language),
            })}
          />
        ))}
        {!bucket && methods.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("budget.quiet")}
          </Text>
        )}
      </Stack>
    </Card>
  );
}

interface GaugeProps {
  label: string;
  told: string;
  share: number;
  hint?: string;
}

function Gauge({ label, told, share, hint }: GaugeProps) {
  return (
    <div title={hint}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="xs" ff="monospace" truncate>
          {label}
        </Text>
        <Text size="xs" c="dimmed" style={{ flexShrink: 0 }}>
          {told}
        </Text>
      </Group>
      <Progress size="sm" mt={2} value={share} color={colorOf(share)} aria-label={label} />
    </div>
  );
}
