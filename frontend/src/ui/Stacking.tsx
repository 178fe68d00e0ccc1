import { Table } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./Stacking.module.css";

/*
 * A table on wide screens, a stack of cards on phones.
 *
 * The roles are named because a browser forgets that a table is one when it is not laid out as
 * one.
 */
interface StackingProps {
  label: string;
  heads: string[];
  children: ReactNode;
}

export function Stacking({ label, heads, children }: StackingProps) {
  return (
    <Table
      role="table"
      aria-label={label}
      className={classes.table ?? ""}
      verticalSpacing="sm"
      highlightOnHover
    >
      <Table.Thead role="rowgroup" className={classes.head ?? ""}>
        <Table.Tr role="row">
          {heads.map((head, place) => (
            <Table.Th key={head || place} role="columnheader">
              {head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody role="rowgroup" className={classes.body ?? ""}>
        {children}
      </Table.Tbody>
    </Table>
  );
}

export function Line({ children }: { children: ReactNode }) {
  return (
    <Table.Tr role="row" className={classes.line ?? ""}>
      {children}
    </Table.Tr>
  );
}

/** The label stands before the value on a phone. */
export function Cell({ label = "", children }: { label?: string; children: ReactNode }) {
  return (
    <Table.Td role="cell" className={classes.cell ?? ""} data-label={label}>
      <div>{children}</div>
    </Table.Td>
  );
}
