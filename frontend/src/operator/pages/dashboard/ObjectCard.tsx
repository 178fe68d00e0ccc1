import { Badge, Card, Group, Progress, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { EntityStatus } from "@/api/types";
import { formatDuration, formatNumber } from "@/lib/formats";
import { useSentences } from "@/lib/sentences";
import { Moment } from "@/ui/Moment";
import { ObjectActions } from "./ObjectActions";

export const STATE_COLOR: Record<EntityStatus["state"], string> = {
  fresh: "teal",
  lagging: "yellow",
  broken: "red",
  copying: "bridge",
  never: "gray",
  paused: "gray",
  off: "gray",
  forbidden: "gray",
};

/** One object: how fresh, how many rows, what it does now, and what one can do with it. */
export function ObjectCard({ entity }: { entity: EntityStatus }) {
  const { t, i18n } = useTranslation("dashboard");
  const number = (value: number | null) =>
    value === null ? "—" : formatNumber(value, i18n.language);
  return (
    <Card withBorder padding="md" component="article" aria-label={entity.title}>
      <Stack gap="sm" h="100%">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div style={{ minWidth: 0 }}>
            <Text fw={600} truncate>
              {entity.title}
            </Text>
            <Text size="xs" c="dimmed" ff="monospace" truncate>
              {entity.table}
            </Text>
          </div>
          <Badge
            color={STATE_COLOR[entity.state]}
            variant="light"
            tt="none"
            style={{ flexShrink: 0 }}
          >
            {t(`state.${entity.state}`)}
          </Badge>
        </Group>
        <Group gap="md" wrap="nowrap">
          <Figure label={t("card.here")} value={number(entity.rows_here)} />
          <Figure label={t("card.portal")} value={number(entity.rows_in_portal)} />
          <Figure
            label={t("card.looked")}
            value={entity.looked_at ? <Moment at={entity.looked_at} /> : "—"}
          />
        </Group>
        {entity.run ? <Running entity={entity} /> : <Resting entity={entity} />}
        <ObjectActions entity={entity} />
      </Stack>
    </Card>
  );
}

function Figure({ label, value }: { label: string; value: React.ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {label}
      </Text>
      <Text size="sm" fw={600} style={{ fontVariantNumeric: "tabular-nums" }}>
        {value}
      </Text>
    </div>
  );
}

function Running({ entity }: { entity: EntityStatus }) {
  const { t, i18n } = useTranslation("dashboard");
  const run = entity.run;
  const expected = run?.progress?.expected_rows ?? entity.rows_in_portal;
  const done = (run?.rows_read ?? 0) + (run?.progress?.resumed_rows ?? 0);
  const share = expected ? Math.min(100, (100 * done) / expected) : null;
  const phase = t(`phase.${run?.status === "queued" ? "queued" : (entity.phase ?? "waiting")}`);
  const told = done > 0 ? `${phase}: ${formatNumber(done, i18n.language)}` : phase;
  const rate = entity.rows_per_second
    ? t("card.rate", { rate: formatNumber(entity.rows_per_second, i18n.language) })
    : null;
  const left =
    entity.finish_in_seconds !== null
      ? t("card.left", { time: formatDuration(entity.finish_in_seconds, i18n.language) })
      : null;
  return (
    <Stack gap={4}>
      <Progress
        value={share ?? 100}
        animated={share === null || run?.status === "running"}
        aria-label={t("card.progress", { name: entity.title })}
      />
      <Text size="xs" c="dimmed">
        {[told, rate, left].filter(Boolean).join(" · ")}
      </Text>
    </Stack>
  );
}

function Resting({ entity }: { entity: EntityStatus }) {
  const { t } = useTranslation("dashboard");
  const said = useSentences();
  if (entity.last_error) {
    const { what, remedy } = said.halves(entity.last_error);
    return (
      <Text size="xs" c="red" lineClamp={2} title={remedy || what}>
        {what}
      </Text>
    );
  }
  return (
    <Text size="xs" c="dimmed">
      {entity.next_run_at ? (
        <>
          {t("card.next")} <Moment at={entity.next_run_at} />
        </>
      ) : (
        t("card.noNext")
      )}
    </Text>
  );
}
