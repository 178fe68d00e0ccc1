import { sql, type SQLNamespace } from "@codemirror/lang-sql";
import { useComputedColorScheme } from "@mantine/core";
import CodeMirror, { EditorView, keymap } from "@uiw/react-codemirror";
import { useMemo } from "react";
import { useTables } from "@/api/charts";

interface SqlEditorProps {
  value: string;
  onChange: (value: string) => void;
  label: string;
  onRun: () => void;
}

/** An editor that knows the tables and columns. */
export default function SqlEditor({ value, onChange, label, onRun }: SqlEditorProps) {
  const scheme = useComputedColorScheme("light");
  const tables = useTables();
  const extensions = useMemo(() => {
    const schema: SQLNamespace = Object.fromEntries(
      (tables.data?.tables ?? []).map((table) => [
        table.name,
        table.columns.map((column) => ({ label: column.name, detail: column.label })),
      ]),
    );
    return [
      sql({ schema }),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ "aria-label": label }),
      keymap.of([{ key: "Mod-Enter", run: () => (onRun(), true) }]),
    ];
  }, [tables.data, label, onRun]);
  return (
    <CodeMirror
      value={value}
      onChange={onChange}
      theme={scheme}
      extensions={extensions}
      basicSetup={{ lineNumbers: true, foldGutter: false }}
      minHeight="120px"
      maxHeight="400px"
    />
  );
}
