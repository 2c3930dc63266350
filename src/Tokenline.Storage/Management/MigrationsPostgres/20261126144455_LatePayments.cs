using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    [DbContext(typeof(PostgresManagementDb))]
    [Migration("20261126144455_LatePayments")]
    public class LatePayments : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "LookAt",
                schema: "management",
                table: "subscription_payment",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.AddColumn<string>(
                name: "LookAt",
                schema: "management",
                table: "product_order",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.AddColumn<string>(
                name: "ReturnReference",
                schema: "management",
                table: "product_order",
                type: "text",
                nullable: true,
                collation: "C"
            );

            migrationBuilder.CreateIndex(
                name: "IX_subscription_payment_LookAt",
                schema: "management",
                table: "subscription_payment",
                column: "LookAt",
                filter: "\"LookAt\" IS NOT NULL"
            );

            migrationBuilder.CreateIndex(
                name: "IX_product_order_LookAt",
                schema: "management",
                table: "product_order",
                column: "LookAt",
                filter: "\"LookAt\" IS NOT NULL"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(name: "IX_subscription_payment_LookAt", schema: "management", table: "subscription_payment");

            migrationBuilder.DropIndex(name: "IX_product_order_LookAt", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "LookAt", schema: "management", table: "subscription_payment");

            migrationBuilder.DropColumn(name: "LookAt", schema: "management", table: "product_order");

            migrationBuilder.DropColumn(name: "ReturnReference", schema: "management", table: "product_order");
        }
    }
}
