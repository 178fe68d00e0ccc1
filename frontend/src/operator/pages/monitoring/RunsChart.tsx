import { SimpleGrid } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useTitles } from "@/api/status";
import type { Run } from "@/api/types";
import { Figure, useSlots } from "./Figure";
import { lagOf } from "./figures";

const SHOWN = 60;

/** How fast the last runs read, and how old the copy had become before each. */
export function RunsChart({ runs }: { runs: Run[] }) {
  const { t } = useTranslation("monitoring");
  const titleOf = useTitles();
  const slotted = useSlots();
  const rates = runs
    .filter((run) => run.finished_at !== null && run.rows_read > 0)
    .slice(0, SHOWN)
    .reverse()
    .map((run) => {
      const seconds = (Date.parse(run.finished_at ?? "") - Date.parse(run.started_at)) / 1000;
      return {
        x: `${titleOf(run.entity)} · ${run.id}`,
        y: Math.round(run.rows_read / Math.max(1, seconds)),
      };
    });
  const lags = lagOf(runs).map(({ slot, value }) => ({
    x: slotted(slot),
    y: Math.round(value * 10) / 10,
  }));
  if (rates.length < 2) return null;
  return (
    <SimpleGrid cols={{ base: 1, md: lags.length > 1 ? 2 : 1 }} spacing="md">
      <Figure title={t("runs.rate")} kind="bar" points={rates} unit={t("runs.rowsPerSecond")} />
      {lags.length > 1 && (
        <Figure title={t("runs.lag")} kind="area" points={lags} unit={t("runs.minutes")} />
      )}
    </SimpleGrid>
  );
}
