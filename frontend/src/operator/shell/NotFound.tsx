import { Button } from "@mantine/core";
import { IconMapQuestion } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { Empty } from "@/ui/States";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <Empty
      icon={<IconMapQuestion size={40} stroke={1.5} />}
      title={t("notFound")}
      text={t("notFoundText")}
      action={
        <Button component={Link} to="/" variant="light" mt="sm">
          {t("toDashboard")}
        </Button>
      }
    />
  );
}
