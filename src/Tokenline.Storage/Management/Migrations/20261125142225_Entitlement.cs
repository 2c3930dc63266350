using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    /// <inheritdoc />
    public partial class Entitlement : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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

            migrationBuilder.CreateIndex(
                name: "IX_product_order_PartyId_Once",
                table: "product_order",
                columns: new[] { "PartyId", "Once" },
                unique: true);

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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "account_change");

            migrationBuilder.DropTable(
                name: "auto_pack_purchase");

            migrationBuilder.DropIndex(
                name: "IX_product_order_PartyId_Once",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "Once",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "Days",
                table: "product_offering");

            migrationBuilder.DropColumn(
                name: "Grants",
                table: "product_offering");

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
