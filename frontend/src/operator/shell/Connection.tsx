import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { type Connection as State, useLive } from "@/api/live";

const COLOR: Record<State, string> = {
  connecting: "gray",
  stream: "teal",
  polling: "yellow",
  offline: "red",
};

/** Says how fresh what one sees is. */
export function Connection() {
  const { t } = useTranslation();
  const connection = useLive((live) => live.connection);
  return (
    <Badge
      variant="dot"
      color={COLOR[connection]}
      tt="none"
      role="status"
      title={t(`live.${connection}Hint`)}
    >
      {t(`live.${connection}`)}
    </Badge>
  );
}
