import { Alert, Progress, Stack, Table, Text } from "@mantine/core";
import { IconGauge } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useQuery } from "@tanstack/react-query";
import { api, body } from "@/api/client";
import { useObjects } from "@/api/config";
import { useStatus } from "@/api/status";
import { formatDuration, formatNumber } from "@/lib/formats";
import { Listing } from "@/ui/Listing";
import { Empty } from "@/ui/States";
import { Figure, useSlots } from "./Figure";
import { spentOn } from "./figures";

const AGAIN_MS = 10_000;
const RUNS = 200;

/** Operating seconds over time, from what the runs took. */
function Over() {
  const { t } = useTranslation("monitoring");
  const objects = useObjects();
  const slotted = useSlots();
  const runs = useQuery({
    queryKey: ["sync", "runs", "budget"],
    queryFn: () => body(api.GET("/api/v1/sync/runs", { params: { query: { limit: RUNS } } })),
    refetchInterval: AGAIN_MS,
  });
  const methods = new Map(objects.data?.map((one) => [one.entity, one.list_method]) ?? []);
  const spent = spentOn(runs.data?.runs ?? [], (entity) => methods.get(entity) ?? entity);
  if (spent.length === 0) return null;
  return (
    <Figure
      title={t("budget.over")}
      hint={t("budget.overHint")}
      kind="bar"
      points={spent.map(({ slot, method, seconds }) => ({
        x: slotted(slot),
        y: Math.round(seconds * 100) / 100,
        part: method,
      }))}
      unit={t("budget.seconds")}
    />
  );
}

/** What every method has used of the portal's limits in the last ten minutes. */
export function Budget() {
  const { t, i18n } = useTranslation("monitoring");
  const status = useStatus();
  const budget = status.data?.budget;
  const number = (value: number) => formatNumber(value, i18n.language, 1);
  return (
    <Stack>
      {budget?.bucket && (
        <Alert color="bridge">
          {t("budget.bucket", {
            level: number(budget.bucket.level),
            capacity: number(budget.bucket.capacity),
            rate: number(budget.bucket.leaks_per_second),
            count: budget.bucket.shared_by,
          })}
        </Alert>
      )}
      <Listing
        label={t("tab.budget")}
        heads={[t("budget.method"), t("budget.used"), t("budget.share"), t("budget.reset")]}
        pending={status.isPending}
        error={status.error}
        onRetry={() => void status.refetch()}
        empty={
          <Empty
            icon={<IconGauge size={40} stroke={1.5} />}
            title={t("budget.none")}
            text={t("budget.noneText")}
          />
        }
        rows={(budget?.methods ?? []).map((method) => {
          const share = (100 * method.used_seconds) / method.limit_seconds;
          return (
            <Table.Tr key={method.method}>
              <Table.Td>
                <Text size="sm" ff="monospace">
                  {method.method}
                </Text>
              </Table.Td>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                {number(method.used_seconds)} / {number(method.limit_seconds)}
              </Table.Td>
              <Table.Td w="40%" miw={120}>
                <Progress
                  value={share}
                  color={share > 90 ? "red" : share > 70 ? "yellow" : "bridge"}
                  aria-label={method.method}
                />
              </Table.Td>
              <Table.Td>{formatDuration(method.reset_in_seconds, i18n.language)}</Table.Td>
            </Table.Tr>
          );
        })}
      />
      <Over />
    </Stack>
  );
}
