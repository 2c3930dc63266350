using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    [DbContext(typeof(ManagementDb))]
    [Migration("20261126100325_OfferingLife")]
    public class OfferingLife : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Channel",
                table: "product_order",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "OfferingId",
                table: "product_order",
                type: "TEXT",
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<long>(
                name: "PriceNano",
                table: "product_order",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Draft",
                table: "product_offering",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "Sold",
                table: "product_offering",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.AddColumn<int>(
                name: "State",
                table: "product_offering",
                type: "INTEGER",
                nullable: false,
                defaultValue: 2);

            migrationBuilder.AddColumn<long>(
                name: "Stock",
                table: "product_offering",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Terms",
                table: "product_offering",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Version",
                table: "product_offering",
                type: "INTEGER",
                nullable: false,
                defaultValue: 1);

            migrationBuilder.CreateTable(
                name: "offering_version",
                columns: table => new
                {
                    OfferingId = table.Column<string>(type: "TEXT", nullable: false),
                    Version = table.Column<int>(type: "INTEGER", nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_offering_version", x => new { x.OfferingId, x.Version });
                });

            migrationBuilder.CreateIndex(
                name: "IX_product_order_PartyId_OfferingId",
                table: "product_order",
                columns: new[] { "PartyId", "OfferingId" });

            // Orders of before say in their copy of the offering what they were for, and what it cost.
            migrationBuilder.Sql(
                """UPDATE product_order SET "OfferingId" = json_extract("Offering", '$.id'), "PriceNano" = json_extract("Offering", '$.priceNano')"""
            );
            migrationBuilder.Sql(
                """UPDATE product_offering SET "Sold" = (SELECT count(*) FROM product_order WHERE "OfferingId" = product_offering."Id" AND product_order."State" NOT IN (4, 5))"""
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "offering_version");

            migrationBuilder.DropIndex(
                name: "IX_product_order_PartyId_OfferingId",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "Channel",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "OfferingId",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "PriceNano",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "Draft",
                table: "product_offering");

            migrationBuilder.DropColumn(
                name: "Sold",
                table: "product_offering");

            migrationBuilder.DropColumn(
                name: "State",
                table: "product_offering");

            migrationBuilder.DropColumn(
                name: "Stock",
                table: "product_offering");

            migrationBuilder.DropColumn(
                name: "Terms",
                table: "product_offering");

            migrationBuilder.DropColumn(
                name: "Version",
                table: "product_offering");
        }
    }
}
