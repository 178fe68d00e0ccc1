import { Alert, List, Stack, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { ChartData, ChartSpec } from "@/api/types";
import { formatNumber } from "@/lib/formats";
import { Moment } from "@/ui/Moment";

/** What a reader of the figures should know: doubts, assumptions, age. */
export function Receipt({ chart, data }: { chart: ChartSpec; data: ChartData }) {
  const { t, i18n } = useTranslation("charts");
  const doubts = data.warnings.map((one) =>
    t(`doubt.${one.doubt}`, { table: one.table, column: one.column, defaultValue: one.doubt }),
  );
  if (data.truncated) doubts.push(t("doubt.truncated", { count: data.rows.length }));
  return (
    <Stack gap="xs">
      {doubts.length > 0 && (
        <Alert color="yellow" icon={<IconAlertTriangle aria-hidden />} title={t("receipt.mind")}>
          <List size="sm">
            {doubts.map((doubt) => (
              <List.Item key={doubt}>{doubt}</List.Item>
            ))}
          </List>
        </Alert>
      )}
      {(chart.assumptions ?? []).length > 0 && (
        <div>
          <Text size="sm" fw={600}>
            {t("receipt.assumed")}
          </Text>
          <List size="sm" c="dimmed">
            {chart.assumptions?.map((one) => (
              <List.Item key={one}>{one}</List.Item>
            ))}
          </List>
        </div>
      )}
      <Text size="xs" c="dimmed">
        {t("receipt.rows", {
          count: data.rows.length,
          seconds: formatNumber(data.seconds, i18n.language, 2),
        })}{" "}
        · <Moment at={data.at} />
      </Text>
    </Stack>
  );
}
