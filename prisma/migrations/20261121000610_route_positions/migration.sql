-- Routes may share method and path when their conditions differ (contracts/route-match): what tells one from another is
-- its place in the definition, which every revision has always written.
DROP INDEX "routes_tenant_id_api_version_id_method_path_key";
CREATE UNIQUE INDEX "routes_tenant_id_api_version_id_position_key" ON "routes"("tenant_id", "api_version_id", "position");
