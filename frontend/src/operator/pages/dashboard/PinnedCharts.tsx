import { Anchor, Card, Group, SimpleGrid, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { api, body } from "@/api/client";
import type { Chart } from "@/api/types";
import { useSentences } from "@/lib/sentences";
import ChartView from "@/ui/chart/ChartView";
import { Moment } from "@/ui/Moment";
import { Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";

const MOST = 100;
const AGAIN_MS = 60_000;

/** The charts somebody has pinned, with the answers they gave last. */
export default function PinnedCharts() {
  const { t } = useTranslation("dashboard");
  const charts = useQuery({
    queryKey: ["charts", "list", "pinned"],
    queryFn: () => body(api.GET("/api/v1/charts/list", { params: { query: { per_page: MOST } } })),
  });
  const pinned = charts.data?.charts.filter((chart) => chart.pinned) ?? [];
  if (pinned.length === 0) return null;
  return (
    <section aria-label={t("pinned.title")}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h5">
          {t("pinned.title")}
        </Title>
        <Anchor component={Link} to="/charts" size="sm">
          {t("pinned.all")}
        </Anchor>
      </Group>
      <SimpleGrid cols={{ base: 1, md: pinned.length > 1 ? 2 : 1 }} spacing="md">
        {pinned.map((chart) => (
          <Pinned key={chart.id} chart={chart} />
        ))}
      </SimpleGrid>
    </section>
  );
}

function Pinned({ chart }: { chart: Chart }) {
  const say = useSentences();
  const data = useQuery({
    queryKey: ["charts", chart.id, "data"],
    queryFn: () =>
      body(api.GET("/api/v1/charts/{chart_id}/data", { params: { path: { chart_id: chart.id } } })),
    refetchInterval: AGAIN_MS,
  });
  return (
    <Card withBorder component="article" aria-label={chart.title}>
      <Text fw={600} mb="xs">
        {chart.title}
      </Text>
      {data.isPending && <Loading rows={1} height={220} />}
      {data.error && <Trouble error={data.error} onRetry={() => void data.refetch()} />}
      {data.data && (
        <>
          <ChartView
            spec={chart.chart}
            rows={data.data.rows}
            columns={data.data.columns}
            height={220}
          />
          <Text size="xs" c={data.data.error ? "red" : "dimmed"} mt={4}>
            {data.data.error ? say.whole(data.data.error) : <Moment at={data.data.at} />}
          </Text>
        </>
      )}
    </Card>
  );
}
