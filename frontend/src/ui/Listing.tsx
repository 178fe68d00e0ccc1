import { Button, Center, ScrollArea, Table, VisuallyHidden } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "./States";
import { Trouble } from "./Trouble";

interface ListingProps {
  label: string;
  /** An empty one stands over the buttons of the rows. */
  heads: string[];
  rows: ReactNode[];
  /** Shown in place of the table when there is no row. */
  empty: ReactNode;
  pending: boolean;
  error: Error | null;
  onRetry: () => void;
  /** There is a next page. */
  more?: boolean;
  loadingMore?: boolean;
  onMore?: () => void;
}

/** A list with its four states, and a button for the next page. */
export function Listing(props: ListingProps) {
  const { t } = useTranslation();
  if (props.pending) return <Loading rows={5} height={40} />;
  if (props.error && props.rows.length === 0) {
    return <Trouble error={props.error} onRetry={props.onRetry} />;
  }
  if (props.rows.length === 0) return props.empty;
  return (
    <>
      <ScrollArea type="auto" viewportProps={{ tabIndex: 0 }}>
        <Table highlightOnHover aria-label={props.label}>
          <Table.Thead>
            <Table.Tr>
              {props.heads.map((head) => (
                <Table.Th key={head} style={{ whiteSpace: "nowrap" }}>
                  {head || <VisuallyHidden>{t("actions")}</VisuallyHidden>}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>{props.rows}</Table.Tbody>
        </Table>
      </ScrollArea>
      {props.more && (
        <Center mt="md">
          <Button variant="light" loading={props.loadingMore ?? false} onClick={props.onMore}>
            {t("more")}
          </Button>
        </Center>
      )}
    </>
  );
}
