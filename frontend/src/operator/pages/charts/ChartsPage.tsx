import { useTranslation } from "react-i18next";
import { Page } from "@/ui/Page";

export default function ChartsPage() {
  const { t } = useTranslation("charts");
  return <Page title={t("title")}>{null}</Page>;
}
