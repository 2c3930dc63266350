using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    [DbContext(typeof(ManagementDb))]
    [Migration("20261125201352_EntitlementAndPricing")]
    public class EntitlementAndPricing : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "CancelledAt",
                table: "tariff_version",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "EffectiveTo",
                table: "tariff_version",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Sheets",
                table: "tariff_version",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Once",
                table: "product_order",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Days",
                table: "product_offering",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Grants",
                table: "product_offering",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            // What was for sale stays for sale. Written by hand: keep it when this migration is made anew.
            migrationBuilder.Sql("""
                UPDATE product_offering SET "Grants" = (
                    SELECT json_group_array(json_object('unit', g."Unit", 'amount', g."AmountMicro", 'models', json(g."Models")))
                    FROM (SELECT * FROM offered_grant WHERE "OfferingNumber" = product_offering."Number" ORDER BY "Id") g)
                """);

            migrationBuilder.DropTable(
                name: "offered_grant");

            migrationBuilder.AddColumn<string>(
                name: "Group",
                table: "party",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Region",
                table: "party",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "ConcurrentCalls",
                table: "deployment",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "RequestsPerMinute",
                table: "deployment",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "TokensPerMinute",
                table: "deployment",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "AllotmentId",
                table: "api_key",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "account_change",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<long>(type: "INTEGER", nullable: false),
                    Key = table.Column<string>(type: "TEXT", nullable: true),
                    Request = table.Column<string>(type: "TEXT", nullable: false),
                    Command = table.Column<string>(type: "TEXT", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<string>(type: "TEXT", nullable: false),
                    DoneAt = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_account_change", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "auto_pack_purchase",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<long>(type: "INTEGER", nullable: false),
                    OfferingId = table.Column<string>(type: "TEXT", nullable: false),
                    BegunAt = table.Column<string>(type: "TEXT", nullable: false),
                    EndedAt = table.Column<string>(type: "TEXT", nullable: true),
                    ProductId = table.Column<long>(type: "INTEGER", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_auto_pack_purchase", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "delivery",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Position = table.Column<long>(type: "INTEGER", nullable: false),
                    Lane = table.Column<string>(type: "TEXT", nullable: false),
                    Channel = table.Column<string>(type: "TEXT", nullable: false),
                    WebhookId = table.Column<long>(type: "INTEGER", nullable: true),
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<long>(type: "INTEGER", nullable: false),
                    Type = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<string>(type: "TEXT", nullable: false),
                    NextAt = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    Attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    EndedAt = table.Column<string>(type: "TEXT", nullable: true),
                    LastFailure = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_delivery", x => x.Number);
                });

            migrationBuilder.CreateTable(
                name: "notification_settings",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Sms = table.Column<bool>(type: "INTEGER", nullable: false),
                    Mail = table.Column<string>(type: "TEXT", nullable: true),
                    Language = table.Column<int>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_notification_settings", x => x.PartyId);
                    table.ForeignKey(
                        name: "FK_notification_settings_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "vendor_contract",
                columns: table => new
                {
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    VendorId = table.Column<string>(type: "TEXT", nullable: false),
                    ModelId = table.Column<string>(type: "TEXT", nullable: false),
                    EffectiveFrom = table.Column<string>(type: "TEXT", nullable: false),
                    EffectiveTo = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<string>(type: "TEXT", nullable: false),
                    Reason = table.Column<string>(type: "TEXT", nullable: false),
                    Sheet = table.Column<string>(type: "TEXT", nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vendor_contract", x => x.Version);
                    table.ForeignKey(
                        name: "FK_vendor_contract_model_ModelId",
                        column: x => x.ModelId,
                        principalTable: "model",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_vendor_contract_vendor_VendorId",
                        column: x => x.VendorId,
                        principalTable: "vendor",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "webhook",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Url = table.Column<string>(type: "TEXT", nullable: false),
                    Types = table.Column<string>(type: "TEXT", nullable: true),
                    CreatedAt = table.Column<string>(type: "TEXT", nullable: false),
                    SealedSecret = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_webhook", x => x.Id);
                    table.ForeignKey(
                        name: "FK_webhook_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_product_order_PartyId_Once",
                table: "product_order",
                columns: new[] { "PartyId", "Once" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_product_ExpiresAt_Id",
                table: "product",
                columns: new[] { "ExpiresAt", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_account_change_AccountId_Key",
                table: "account_change",
                columns: new[] { "AccountId", "Key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_auto_pack_purchase_AccountId_Id",
                table: "auto_pack_purchase",
                columns: new[] { "AccountId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_auto_pack_purchase_open",
                table: "auto_pack_purchase",
                column: "AccountId",
                unique: true,
                filter: "\"EndedAt\" IS NULL");

            migrationBuilder.CreateIndex(
                name: "IX_delivery_Lane_Position",
                table: "delivery",
                columns: new[] { "Lane", "Position" },
                filter: "\"State\" = 1");

            migrationBuilder.CreateIndex(
                name: "IX_delivery_PartyId_Number",
                table: "delivery",
                columns: new[] { "PartyId", "Number" });

            migrationBuilder.CreateIndex(
                name: "IX_delivery_Position_Lane",
                table: "delivery",
                columns: new[] { "Position", "Lane" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_vendor_contract_ModelId",
                table: "vendor_contract",
                column: "ModelId");

            migrationBuilder.CreateIndex(
                name: "IX_vendor_contract_VendorId",
                table: "vendor_contract",
                column: "VendorId");

            migrationBuilder.CreateIndex(
                name: "IX_webhook_PartyId",
                table: "webhook",
                column: "PartyId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "account_change");

            migrationBuilder.DropTable(
                name: "auto_pack_purchase");

            migrationBuilder.DropTable(
                name: "delivery");

            migrationBuilder.DropTable(
                name: "notification_settings");

            migrationBuilder.DropTable(
                name: "vendor_contract");

            migrationBuilder.DropTable(
                name: "webhook");

            migrationBuilder.DropIndex(
                name: "IX_product_order_PartyId_Once",
                table: "product_order");

            migrationBuilder.DropIndex(
                name: "IX_product_ExpiresAt_Id",
                table: "product");

            migrationBuilder.DropColumn(
                name: "CancelledAt",
                table: "tariff_version");

            migrationBuilder.DropColumn(
                name: "EffectiveTo",
                table: "tariff_version");

            migrationBuilder.DropColumn(
                name: "Sheets",
                table: "tariff_version");

            migrationBuilder.DropColumn(
                name: "Once",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "Days",
                table: "product_offering");

            migrationBuilder.DropColumn(
                name: "Grants",
                table: "product_offering");

            migrationBuilder.DropColumn(
                name: "Group",
                table: "party");

            migrationBuilder.DropColumn(
                name: "Region",
                table: "party");

            migrationBuilder.DropColumn(
                name: "ConcurrentCalls",
                table: "deployment");

            migrationBuilder.DropColumn(
                name: "RequestsPerMinute",
                table: "deployment");

            migrationBuilder.DropColumn(
                name: "TokensPerMinute",
                table: "deployment");

            migrationBuilder.DropColumn(
                name: "AllotmentId",
                table: "api_key");

            migrationBuilder.CreateTable(
                name: "offered_grant",
                columns: table => new
                {
                    Id = table.Column<int>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    AmountMicro = table.Column<long>(type: "INTEGER", nullable: false),
                    Models = table.Column<string>(type: "TEXT", nullable: true),
                    OfferingNumber = table.Column<int>(type: "INTEGER", nullable: false),
                    Unit = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_offered_grant", x => x.Id);
                    table.ForeignKey(
                        name: "FK_offered_grant_product_offering_OfferingNumber",
                        column: x => x.OfferingNumber,
                        principalTable: "product_offering",
                        principalColumn: "Number",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_offered_grant_OfferingNumber",
                table: "offered_grant",
                column: "OfferingNumber");
        }
    }
}
