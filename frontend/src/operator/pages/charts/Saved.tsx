import { SimpleGrid, Title } from "@mantine/core";
import { IconChartBar } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { useChartActions, useCharts } from "@/api/charts";
import type { Chart } from "@/api/types";
import { Empty, Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";
import { SavedChart } from "./SavedChart";

/** The charts that are kept, pinned ones first; pinned ones can be put into an order. */
export function Saved({ onEdit }: { onEdit: (chart: Chart) => void }) {
  const { t } = useTranslation("charts");
  const charts = useCharts();
  const { order } = useChartActions();
  const listed = charts.data?.charts ?? [];
  const pinned = listed.filter((chart) => chart.pinned).map((chart) => chart.id);
  const move = (id: number, by: -1 | 1) => {
    const from = pinned.indexOf(id);
    const to = from + by;
    if (from < 0 || to < 0 || to >= pinned.length) return;
    order.mutate(pinned.toSpliced(from, 1).toSpliced(to, 0, id));
  };
  return (
    <section aria-label={t("saved.title")}>
      <Title order={2} size="h4" mb="sm">
        {t("saved.title")}
      </Title>
      {charts.isPending && <Loading rows={2} height={240} />}
      {charts.error && <Trouble error={charts.error} onRetry={() => void charts.refetch()} />}
      {charts.data && listed.length === 0 && (
        <Empty
          icon={<IconChartBar size={40} stroke={1.5} />}
          title={t("saved.none")}
          text={t("saved.noneText")}
        />
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        {listed.map((chart) => (
          <SavedChart
            key={chart.id}
            chart={chart}
            onEdit={onEdit}
            onMove={(by) => move(chart.id, by)}
            first={pinned[0] === chart.id}
            last={pinned.at(-1) === chart.id}
          />
        ))}
      </SimpleGrid>
    </section>
  );
}
