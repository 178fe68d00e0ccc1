import { Table, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import classes from "./Stacking.module.css";

/*
 * A table on wide screens, a stack of cards on phones.
 *
 * The roles are named because a browser forgets that a table is one when it is not laid out as
 * one.
 */
interface StackingProps {
  label: string;
  /** An empty one stands over the buttons of the rows. */
  heads: string[];
  children: ReactNode;
}

export function Stacking({ label, heads, children }: StackingProps) {
  const { t } = useTranslation();
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
              {head || <VisuallyHidden>{t("actions")}</VisuallyHidden>}
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

interface CellProps {
  /** Stands before the value on a phone. */
  label?: string;
  /** It heads the card on a phone, wherever it stands in the table. */
  heading?: boolean;
  children: ReactNode;
}

export function Cell({ label = "", heading = false, children }: CellProps) {
  const look = heading ? `${classes.cell} ${classes.title}` : (classes.cell ?? "");
  return (
    <Table.Td role="cell" className={look} data-label={label}>
      <div>{children}</div>
    </Table.Td>
  );
}
