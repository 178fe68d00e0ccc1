import { Center, Stack, Text, useMantineTheme } from "@mantine/core";
import { useTranslation } from "react-i18next";
import {
  Area,
  AreaChart,
  Bar,
  BarChart,
  CartesianGrid,
  Cell,
  Legend,
  Line,
  LineChart,
  Pie,
  PieChart,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import { AnswerTable } from "./AnswerTable";
import { NameTick } from "./NameTick";
import { type Drawn, type Line as Drawing, type Row, shaped } from "./series";
import { onAxis, step, written } from "./values";

const SHADES = [
  "bridge.6",
  "orange.6",
  "grape.6",
  "teal.6",
  "red.5",
  "blue.5",
  "yellow.6",
  "lime.7",
  "pink.5",
  "indigo.5",
  "cyan.6",
  "gray.6",
];

interface ChartViewProps {
  spec: Drawn;
  rows: readonly Row[];
  columns: readonly string[];
  height?: number;
  /** Told which place on the axis was chosen. */
  onChoose?: (x: unknown) => void;
}

/** Draws an answer as its chart says; whoever cannot see it has the table. */
export default function ChartView({ spec, rows, columns, height = 320, onChoose }: ChartViewProps) {
  const { t, i18n } = useTranslation();
  const language = i18n.language;
  const colors = usePalette();
  const { points, lines, left } = shaped(spec, rows, t("chart.none"));

  if (rows.length === 0) {
    return (
      <Center h={height}>
        <Text c="dimmed">{t("chart.noRows")}</Text>
      </Center>
    );
  }
  if (spec.chart_type === "table") {
    return <AnswerTable spec={spec} rows={rows} columns={columns} height={height} />;
  }
  if (spec.chart_type === "number") return <Numbers lines={lines} row={points[0] ?? {}} />;

  const ticks = (value: string) =>
    spec.grain && spec.grain !== "none" ? step(value, spec.grain, language) : value;
  const first = lines[0];
  const valueOf = (value: unknown, key: unknown) => {
    const line = lines.find((one) => one.label === key || one.key === key) ?? first;
    return written(value, line?.format ?? "number", language, line?.currency);
  };
  return (
    <Stack gap={4}>
      <div role="img" aria-label={t("chart.label", { title: spec.title, count: points.length })}>
        <ResponsiveContainer width="100%" height={height}>
          {drawing({ spec, points, lines, colors, ticks, valueOf, language, onChoose })}
        </ResponsiveContainer>
      </div>
      {left > 0 && (
        <Text size="xs" c="dimmed" ta="center">
          {t("chart.left", { count: left })}
        </Text>
      )}
    </Stack>
  );
}

function usePalette(): string[] {
  const theme = useMantineTheme();
  return SHADES.map((shade) => {
    const [name = "gray", place = "6"] = shade.split(".");
    return theme.colors[name]?.[Number(place)] ?? "#888";
  });
}

function Numbers({ lines, row }: { lines: Drawing[]; row: Row }) {
  const { i18n } = useTranslation();
  return (
    <Stack align="center" justify="center" mih={160} gap="xs">
      {lines.map((line) => (
        <div key={line.key}>
          <Text fz={44} fw={700} ta="center" style={{ fontVariantNumeric: "tabular-nums" }}>
            {written(row[line.key], line.format, i18n.language, line.currency)}
          </Text>
          <Text c="dimmed" ta="center">
            {line.label}
          </Text>
        </div>
      ))}
    </Stack>
  );
}

/** So many bars are named each, if only by a beginning; of more, as many as have room. */
const MOST_NAMED = 20;
const TWO_LINES = 44;

interface DrawingProps {
  spec: Drawn;
  points: Row[];
  lines: Drawing[];
  colors: string[];
  ticks: (value: string) => string;
  valueOf: (value: unknown, key: unknown) => string;
  language: string;
  onChoose?: ((x: unknown) => void) | undefined;
}

function drawing(given: DrawingProps) {
  const { spec, points, lines, colors, ticks, valueOf, language, onChoose } = given;
  const format = lines[0]?.format ?? "number";
  const choose = (state: { activeLabel?: string | number | undefined }) =>
    onChoose?.(state.activeLabel);
  const color = (place: number) => colors[place % colors.length] ?? "#888";
  const frame = (
    <>
      <CartesianGrid
        strokeDasharray="3 3"
        vertical={false}
        stroke="var(--mantine-color-default-border)"
      />
      {spec.chart_type === "bar" ? (
        <XAxis
          {...AXIS}
          dataKey="x"
          tickFormatter={ticks}
          tick={(tick) => <NameTick {...tick} name={ticks(String(tick.payload.value))} />}
          interval={points.length <= MOST_NAMED ? 0 : "preserveEnd"}
          height={TWO_LINES}
        />
      ) : (
        <XAxis {...AXIS} dataKey="x" tickFormatter={ticks} minTickGap={16} />
      )}
      <YAxis {...AXIS} tickFormatter={(value) => onAxis(value, format, language)} width="auto" />
      <Tooltip
        formatter={valueOf}
        labelFormatter={(label) => ticks(String(label))}
        contentStyle={TOOLTIP}
      />
      {lines.length > 1 && <Legend />}
    </>
  );
  switch (spec.chart_type) {
    case "line":
      return (
        <LineChart data={points} onClick={choose}>
          {frame}
          {lines.map((line, place) => (
            <Line
              key={line.key}
              dataKey={line.key}
              name={line.label}
              stroke={color(place)}
              strokeWidth={2}
              dot={points.length < 40 && { r: 3, fill: color(place) }}
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      );
    case "area":
      return (
        <AreaChart data={points} onClick={choose}>
          {frame}
          {lines.map((line, place) => (
            <Area
              key={line.key}
              dataKey={line.key}
              name={line.label}
              stroke={color(place)}
              fill={color(place)}
              fillOpacity={0.2}
              stackId={spec.split_by ? "all" : line.key}
              isAnimationActive={false}
            />
          ))}
        </AreaChart>
      );
    case "pie":
      return (
        <PieChart>
          <Tooltip formatter={valueOf} contentStyle={TOOLTIP} />
          <Legend />
          <Pie
            data={points}
            dataKey={lines[0]?.key ?? "value"}
            nameKey="x"
            innerRadius="45%"
            outerRadius="80%"
            isAnimationActive={false}
            onClick={(slice: { name?: unknown }) => onChoose?.(slice.name)}
          >
            {points.map((point, place) => (
              <Cell key={String(point.x)} fill={color(place)} />
            ))}
          </Pie>
        </PieChart>
      );
    case "scatter":
      return (
        <ScatterChart>
          <CartesianGrid strokeDasharray="3 3" stroke="var(--mantine-color-default-border)" />
          <XAxis
            {...AXIS}
            type="number"
            dataKey={(point: Row) => Number(point.x)}
            tickFormatter={(value) => onAxis(value, "number", language)}
          />
          <YAxis
            {...AXIS}
            type="number"
            dataKey={lines[0]?.key ?? "value"}
            tickFormatter={(value) => onAxis(value, format, language)}
            width="auto"
          />
          <Tooltip formatter={valueOf} contentStyle={TOOLTIP} />
          <Scatter
            name={lines[0]?.label ?? ""}
            data={points}
            fill={color(0)}
            isAnimationActive={false}
          />
        </ScatterChart>
      );
    default:
      return (
        <BarChart data={points} onClick={choose}>
          {frame}
          {lines.map((line, place) => (
            <Bar
              key={line.key}
              dataKey={line.key}
              name={line.label}
              fill={color(place)}
              radius={[4, 4, 0, 0]}
              maxBarSize={56}
              isAnimationActive={false}
              {...(spec.split_by ? { stackId: "all" } : {})}
            />
          ))}
        </BarChart>
      );
  }
}

const AXIS = {
  tick: { fontSize: 12, fill: "var(--mantine-color-dimmed)" },
  stroke: "var(--mantine-color-default-border)",
};
const TOOLTIP = {
  background: "var(--mantine-color-body)",
  border: "1px solid var(--mantine-color-default-border)",
  borderRadius: 8,
};
