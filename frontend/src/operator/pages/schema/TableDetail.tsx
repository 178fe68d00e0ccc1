import { Anchor, Badge, Button, Group, Stack, Text, Title } from "@mantine/core";
import { IconArrowLeft, IconTableOff } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useObjects } from "@/api/config";
import type { Column, Table } from "@/api/types";
import { formatNumber, formatPercent } from "@/lib/formats";
import { CopyTextButton } from "@/ui/Copy";
import { Moment } from "@/ui/Moment";
import { Cell, Line, Stacking } from "@/ui/Stacking";
import { Empty } from "@/ui/States";
import { dbtOf, ddlOf, selectOf } from "./copying";
import { baseOf, tableTitle } from "./naming";
import { search } from "./search";

const SAMPLES = 4;

interface TableDetailProps {
  table: Table;
  tables: readonly Table[];
  /** Columns that match are shown first, the others on demand. */
  sought: string;
  onChoose: (table: string | null) => void;
}

/** One table: how many rows, how fresh, every column, and ways to carry it elsewhere. */
export function TableDetail({ table, tables, sought, onChoose }: TableDetailProps) {
  const { t, i18n } = useTranslation("schema");
  const objects = useObjects();
  const [whole, setWhole] = useState(false);
  const title = tableTitle(table, tables, i18n.language);
  const key =
    objects.data?.find((each) => each.table === baseOf(table.name))?.key ??
    (table.columns.some((each) => each.name === "id") ? ["id"] : []);
  const matching = search([table], sought)[0]?.columns ?? [];
  const columns = whole || matching.length === 0 ? table.columns : matching;
  return (
    <Stack>
      <Button
        hiddenFrom="md"
        variant="subtle"
        size="xs"
        w="fit-content"
        leftSection={<IconArrowLeft size={14} aria-hidden />}
        onClick={() => onChoose(null)}
      >
        {t("tables.back")}
      </Button>
      <div>
        <Group gap="xs">
          <Title order={2} size="h3">
            {title}
          </Title>
          {table.is_view && (
            <Badge variant="light" tt="none">
              {t("tables.view")}
            </Badge>
          )}
        </Group>
        <Text ff="monospace" size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {table.name}
        </Text>
        {table.is_view && (
          <Text size="sm" mt={4}>
            {t("tables.viewHint", { table: baseOf(table.name) })}
          </Text>
        )}
        <Text size="sm" mt={4}>
          {[
            table.rows !== null &&
              t(table.rows_exact ? "tables.rows" : "tables.about", {
                count: table.rows,
                number: formatNumber(table.rows, i18n.language),
              }),
            t("tables.columns", { count: table.columns.length }),
          ]
            .filter(Boolean)
            .join(" · ")}
          {table.fresh_at && (
            <>
              {` · ${t("tables.fresh")} `}
              <Moment at={table.fresh_at} />
            </>
          )}
        </Text>
      </div>
      <Group gap="xs">
        <CopyTextButton value={selectOf(table)} label="SQL SELECT" />
        <CopyTextButton value={dbtOf(table, key, title)} label="dbt YAML" />
        {!table.is_view && <CopyTextButton value={ddlOf(table, key)} label="DDL" />}
      </Group>
      {columns.length < table.columns.length && (
        <Button size="compact-sm" variant="light" w="fit-content" onClick={() => setWhole(true)}>
          {t("tables.allColumns", { count: table.columns.length })}
        </Button>
      )}
      {table.columns.length === 0 ? (
        <Empty
          icon={<IconTableOff size={40} stroke={1.5} />}
          title={t("tables.none")}
          text={t("tables.noneText")}
        />
      ) : (
        <Stacking
          label={title}
          heads={[t("column.column"), t("column.type"), t("column.filled"), t("column.samples")]}
        >
          {columns.map((column) => (
            <Row
              key={column.name}
              column={column}
              isKey={key.includes(column.name)}
              onChoose={onChoose}
            />
          ))}
        </Stacking>
      )}
    </Stack>
  );
}

interface RowProps {
  column: Column;
  isKey: boolean;
  onChoose: (table: string) => void;
}

function Row({ column, isKey, onChoose }: RowProps) {
  const { t, i18n } = useTranslation("schema");
  const { references } = column;
  return (
    <Line>
      <Cell>
        <Group gap={6}>
          <Text size="sm" fw={600}>
            {column.label || column.name}
          </Text>
          {isKey && (
            <Badge size="sm" variant="light" tt="none">
              {t("column.key")}
            </Badge>
          )}
          {column.personal && (
            <Badge size="sm" variant="light" color="gray" tt="none">
              {t("column.personal")}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: "anywhere" }}>
          {column.name}
        </Text>
        {references && (
          <Anchor
            component="button"
            type="button"
            size="xs"
            mih={24}
            onClick={() => onChoose(references.table)}
          >
            → {references.table}
          </Anchor>
        )}
      </Cell>
      <Cell label={t("column.type")}>
        <Text size="xs" ff="monospace">
          {column.type}
        </Text>
      </Cell>
      <Cell label={t("column.filled")}>
        <Text size="sm" style={{ fontVariantNumeric: "tabular-nums" }}>
          {column.null_share === null
            ? "—"
            : formatPercent(1 - column.null_share, i18n.language, 0)}
        </Text>
      </Cell>
      <Cell label={t("column.samples")}>
        <Samples column={column} />
      </Cell>
    </Line>
  );
}

function Samples({ column }: { column: Column }) {
  if (column.values.length > 0) {
    const told = column.values.slice(0, SAMPLES).map((value) => {
      const label = column.labels[value];
      return label && label !== value ? `${value} – ${label}` : value;
    });
    return (
      <Text size="xs" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
        {told.join(", ")}
        {column.values.length > SAMPLES && ", …"}
      </Text>
    );
  }
  const range = column.least === null ? "—" : `${column.least} … ${column.greatest ?? ""}`;
  return <Text size="xs">{range}</Text>;
}
