import type { ChartData } from "@/api/types";

const FORMULA = /^[=+\-@\t\r]/;

/** An answer as CSV; what a spreadsheet would take for a formula is kept a text. */
export function asCsv(data: Pick<ChartData, "columns" | "rows">): Blob {
  const cell = (value: unknown) => {
    const text = value === null || value === undefined ? "" : String(value);
    const plain =
      typeof value === "string" && FORMULA.test(text) && Number.isNaN(Number(text))
        ? `'${text}`
        : text;
    return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
  };
  const lines = [
    data.columns,
    ...data.rows.map((row) => data.columns.map((column) => row[column])),
  ];
  const text = lines.map((line) => line.map(cell).join(",")).join("\r\n");
  // Without the mark Excel takes UTF-8 for something else.
  return new Blob(["\ufeff", text, "\r\n"], { type: "text/csv;charset=utf-8" });
}

/** Have the browser keep a file. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name.replace(/[\\/:*?"<>|]/g, "_");
  link.click();
  URL.revokeObjectURL(url);
}
