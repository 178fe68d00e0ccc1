import { Card, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useTitles } from "@/api/status";
import type { Run } from "@/api/types";
import ChartView from "@/ui/chart/ChartView";

const SHOWN = 60;

/** How fast the last runs read, in rows a second. */
export function RunsChart({ runs }: { runs: Run[] }) {
  const { t } = useTranslation("monitoring");
  const titleOf = useTitles();
  const rows = runs
    .filter((run) => run.finished_at !== null && run.rows_read > 0)
    .slice(0, SHOWN)
    .reverse()
    .map((run) => {
      const seconds = (Date.parse(run.finished_at ?? "") - Date.parse(run.started_at)) / 1000;
      return {
        run: `${titleOf(run.entity)} · ${run.id}`,
        rate: Math.round(run.rows_read / Math.max(1, seconds)),
      };
    });
  if (rows.length < 2) return null;
  return (
    <Card withBorder>
      <Text size="sm" fw={600} mb="xs">
        {t("runs.rate")}
      </Text>
      <ChartView
        height={160}
        rows={rows}
        columns={["run", "rate"]}
        spec={{
          title: t("runs.rate"),
          chart_type: "bar",
          x: "run",
          series: [{ column: "rate", label: t("runs.rowsPerSecond"), format: "integer" }],
        }}
      />
    </Card>
  );
}
