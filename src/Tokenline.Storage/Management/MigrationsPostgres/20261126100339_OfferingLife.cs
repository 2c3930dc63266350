using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    [DbContext(typeof(PostgresManagementDb))]
    [Migration("20261126100339_OfferingLife")]
    public class OfferingLife : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Channel",
                schema: "management",
                table: "product_order",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.AddColumn<string>(
                name: "OfferingId",
                schema: "management",
                table: "product_order",
                type: "text",
                nullable: false,
                defaultValue: "",
                collation: "C"
            );

            migrationBuilder.AddColumn<long>(
                name: "PriceNano",
                schema: "management",
                table: "product_order",
                type: "bigint",
                nullable: true
            );

            migrationBuilder.AddColumn<string>(
                name: "Draft",
                schema: "management",
                table: "product_offering",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.AddColumn<long>(
                name: "Sold",
                schema: "management",
                table: "product_offering",
                type: "bigint",
                nullable: false,
                defaultValue: 0L
            );

            migrationBuilder.AddColumn<int>(
                name: "State",
                schema: "management",
                table: "product_offering",
                type: "integer",
                nullable: false,
                defaultValue: 2
            );

            migrationBuilder.AddColumn<long>(
                name: "Stock",
                schema: "management",
                table: "product_offering",
                type: "bigint",
                nullable: true
            );

            migrationBuilder.AddColumn<string>(
                name: "Terms",
                schema: "management",
                table: "product_offering",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.AddColumn<int>(
                name: "Version",
                schema: "management",
                table: "product_offering",
                type: "integer",
                nullable: false,
                defaultValue: 1
            );

            migrationBuilder.CreateTable(
                name: "offering_version",
                schema: "management",
                columns: table => new
                {
                    OfferingId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Version = table.Column<int>(type: "integer", nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_offering_version", x => new { x.OfferingId, x.Version });
                }
            );

            migrationBuilder.CreateIndex(
                name: "IX_product_order_PartyId_OfferingId",
                schema: "management",
                table: "product_order",
                columns: new[] { "PartyId", "OfferingId" }
            );

            // Orders of before say in their copy of the offering what they were for, and what it cost.
            migrationBuilder.Sql(
                """UPDATE management.product_order SET "OfferingId" = "Offering"::json ->> 'id', "PriceNano" = ("Offering"::json ->> 'priceNano')::bigint"""
            );
            migrationBuilder.Sql(
                """UPDATE management.product_offering SET "Sold" = (SELECT count(*) FROM management.product_order WHERE "OfferingId" = product_offering."Id" AND product_order."State" NOT IN (4, 5))"""
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "offering_version", schema: "management");

            migrationBuilder.DropIndex(name: "IX_product_order_PartyId_OfferingId", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "Channel", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "OfferingId", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "PriceNano", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "Draft", schema: "management", table: "product_offering");

            migrationBuilder.DropColumn(name: "Sold", schema: "management", table: "product_offering");

            migrationBuilder.DropColumn(name: "State", schema: "management", table: "product_offering");

            migrationBuilder.DropColumn(name: "Stock", schema: "management", table: "product_offering");

            migrationBuilder.DropColumn(name: "Terms", schema: "management", table: "product_offering");

            migrationBuilder.DropColumn(name: "Version", schema: "management", table: "product_offering");
        }
    }
}
