import { ScrollArea, Table } from "@mantine/core";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Drawn, Row } from "./series";
import { written } from "./values";

const ROW_HEIGHT = 36;

interface AnswerTableProps {
  spec: Drawn;
  rows: readonly Row[];
  columns: readonly string[];
  height?: number;
}

/** All rows of an answer; only those in sight are in the page, so ten thousand scroll smoothly. */
export function AnswerTable({ spec, rows, columns, height = 360 }: AnswerTableProps) {
  const { t, i18n } = useTranslation();
  const viewport = useRef<HTMLDivElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- no compiler runs here
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => viewport.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const above = items[0]?.start ?? 0;
  const below = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const formats = new Map(spec.series?.map((one) => [one.column, one]) ?? []);
  const label = (column: string) => formats.get(column)?.label ?? column;
  const cell = (column: string, value: unknown) => {
    const one = formats.get(column);
    const format = one?.format ?? (column === spec.x ? (spec.x_format ?? "text") : "text");
    return written(value, format, i18n.language, one?.currency ?? undefined);
  };
  return (
    <ScrollArea.Autosize mah={height} viewportRef={viewport} viewportProps={{ tabIndex: 0 }}>
      <Table stickyHeader highlightOnHover aria-label={spec.title} aria-rowcount={rows.length}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column}>{label(column)}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {above > 0 && <Table.Tr style={{ height: above }} aria-hidden />}
          {items.map((item) => (
            <Table.Tr key={item.key} style={{ height: ROW_HEIGHT }} aria-rowindex={item.index + 1}>
              {columns.map((column) => (
                <Table.Td key={column} style={{ whiteSpace: "nowrap" }}>
                  {cell(column, rows[item.index]?.[column])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
          {below > 0 && <Table.Tr style={{ height: below }} aria-hidden />}
        </Table.Tbody>
        {rows.length === 0 && <Table.Caption>{t("chart.noRows")}</Table.Caption>}
      </Table>
    </ScrollArea.Autosize>
  );
}
