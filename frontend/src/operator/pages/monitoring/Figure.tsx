import { Card, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import ChartView from "@/ui/chart/ChartView";

const HEIGHT = 160;

interface FigureProps {
  title: string;
  hint?: string;
  kind: "bar" | "line" | "area";
  /** What stands on the axis is `x`, what is drawn `y`. */
  points: readonly { x: string; y: number; part?: string }[];
  unit: string;
}

/** A small chart over time. */
export function Figure({ title, hint, kind, points, unit }: FigureProps) {
  return (
    <Card withBorder component="section" aria-label={title}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {hint && (
        <Text size="xs" c="dimmed">
          {hint}
        </Text>
      )}
      <ChartView
        height={HEIGHT}
        rows={points.map((point) => ({ ...point }))}
        columns={["x", "y"]}
        spec={{
          title,
          chart_type: kind,
          x: "x",
          split_by: points.some((point) => point.part) ? "part" : null,
          series: [{ column: "y", label: unit, format: "number" }],
        }}
      />
    </Card>
  );
}

/** How the begin of ten minutes is written on an axis. */
export function useSlots(): (slot: number) => string {
  const { language } = useTranslation().i18n;
  const format = new Intl.DateTimeFormat(language, {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  return (slot) => format.format(slot);
}
