import { Badge, Group, Progress, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch, IconTableOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type ColumnFigures, useColumnFigures } from "@/api/validation";
import { formatNumber, formatPercent } from "@/lib/formats";
import { Cell, Line, Stacking } from "@/ui/Stacking";
import { Empty, Loading } from "@/ui/States";
import { Trouble } from "@/ui/Trouble";

/** What every column holds: how full it is, how many values, which most often. */
export function Columns({ entity }: { entity: string }) {
  const { t, i18n } = useTranslation("validation");
  const figures = useColumnFigures(entity);
  const [sought, setSought] = useState("");
  const [words] = useDebouncedValue(sought.toLowerCase(), 150);
  const number = (value: number) => formatNumber(value, i18n.language);
  if (figures.isPending) return <Loading rows={8} height={40} />;
  if (!figures.data)
    return <Trouble error={figures.error} onRetry={() => void figures.refetch()} />;
  const { rows, looked_at: looked, columns } = figures.data;
  const shown = columns.filter((each) =>
    `${each.label} ${each.name}`.toLowerCase().includes(words),
  );
  return (
    <Stack>
      <Group justify="space-between">
        <TextInput
          w={{ base: "100%", xs: 320 }}
          leftSection={<IconSearch size={16} aria-hidden />}
          placeholder={t("columns.search")}
          aria-label={t("columns.search")}
          value={sought}
          onChange={(event) => setSought(event.currentTarget.value)}
        />
        <Text size="sm" c="dimmed">
          {looked < rows
            ? t("columns.some", { looked: number(looked), rows: number(rows) })
            : t("columns.all", { count: rows, number: number(rows) })}
        </Text>
      </Group>
      {shown.length === 0 ? (
        <Empty
          icon={<IconTableOff size={40} stroke={1.5} />}
          title={t("columns.none")}
          text={t("columns.noneText")}
        />
      ) : (
        <Stacking
          label={t("tab.columns")}
          heads={[
            t("columns.column"),
            t("columns.type"),
            t("columns.empty"),
            t("columns.distinct"),
            t("columns.range"),
            t("columns.top"),
          ]}
        >
          {shown.map((column) => (
            <Row key={column.name} column={column} looked={looked} />
          ))}
        </Stacking>
      )}
    </Stack>
  );
}

function Row({ column, looked }: { column: ColumnFigures; looked: number }) {
  const { t, i18n } = useTranslation("validation");
  const empty = formatPercent(column.null_share, i18n.language);
  return (
    <Line>
      <Cell>
        <Group gap="xs">
          <Text size="sm" fw={600}>
            {column.label || column.name}
          </Text>
          {column.personal && (
            <Badge size="sm" variant="light" color="gray" tt="none">
              {t("columns.personal")}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: "anywhere" }}>
          {column.name}
        </Text>
      </Cell>
      <Cell label={t("columns.type")}>
        <Text size="xs" ff="monospace">
          {column.type}
        </Text>
      </Cell>
      <Cell label={t("columns.empty")}>
        <Stack gap={2} miw={80}>
          <Text size="xs" style={{ fontVariantNumeric: "tabular-nums" }}>
            {empty}
          </Text>
          <Progress
            size="sm"
            color="gray"
            value={column.null_share * 100}
            aria-label={t("columns.emptyOf", { name: column.name, share: empty })}
          />
        </Stack>
      </Cell>
      <Cell label={t("columns.distinct")}>
        <Text size="sm" style={{ fontVariantNumeric: "tabular-nums" }}>
          {formatNumber(column.distinct, i18n.language)}
        </Text>
      </Cell>
      <Cell label={t("columns.range")}>
        <Text size="xs" style={{ overflowWrap: "anywhere" }}>
          {column.lowest === null ? "—" : `${column.lowest} … ${column.highest ?? ""}`}
        </Text>
      </Cell>
      <Cell label={t("columns.top")}>
        {column.top.length > 0 && (
          <Stack gap={2} maw={260}>
            {column.top.slice(0, 5).map((one) => (
              <Top key={one.value} value={one.value} share={looked ? one.rows / looked : 0} />
            ))}
          </Stack>
        )}
      </Cell>
    </Line>
  );
}

function Top({ value, share }: { value: string; share: number }) {
  const { i18n } = useTranslation();
  return (
    <Group
      gap="xs"
      wrap="nowrap"
      justify="space-between"
      px={6}
      style={{
        borderRadius: 4,
        background: `linear-gradient(to right, var(--mantine-primary-color-light) ${share * 100}%, transparent ${share * 100}%)`,
      }}
    >
      <Text size="xs" truncate title={value}>
        {value}
      </Text>
      <Text size="xs" c="dimmed" style={{ flexShrink: 0, fontVariantNumeric: "tabular-nums" }}>
        {formatPercent(share, i18n.language, 0)}
      </Text>
    </Group>
  );
}
