import { Button, type ButtonProps } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import type { ComponentPropsWithRef } from "react";
import { useTranslation } from "react-i18next";

type MoreProps = ButtonProps & ComponentPropsWithRef<"button"> & { name: string };

/** The button that shows the other ways to sync an object. */
export function More({ name, ...others }: MoreProps) {
  const { t } = useTranslation("dashboard");
  return (
    <Button
      size="xs"
      variant="light"
      px={6}
      aria-haspopup="menu"
      aria-label={t("actions.more", { name })}
      {...others}
    >
      <IconChevronDown size={14} />
    </Button>
  );
}
