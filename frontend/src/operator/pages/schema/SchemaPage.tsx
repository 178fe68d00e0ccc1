import { useTranslation } from "react-i18next";
import { Page } from "@/ui/Page";

export default function SchemaPage() {
  const { t } = useTranslation("schema");
  return <Page title={t("title")}>{null}</Page>;
}
