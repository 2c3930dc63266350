using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    [DbContext(typeof(ManagementDb))]
    [Migration("20261126144449_LatePayments")]
    public class LatePayments : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "LookAt",
                table: "subscription_payment",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "LookAt",
                table: "product_order",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "ReturnReference",
                table: "product_order",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_subscription_payment_LookAt",
                table: "subscription_payment",
                column: "LookAt",
                filter: "\"LookAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_product_order_LookAt",
                table: "product_order",
                column: "LookAt",
                filter: "\"LookAt\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_subscription_payment_LookAt",
                table: "subscription_payment");

            migrationBuilder.DropIndex(
                name: "IX_product_order_LookAt",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "LookAt",
                table: "subscription_payment");

            migrationBuilder.DropColumn(
                name: "LookAt",
                table: "product_order");

            migrationBuilder.DropColumn(
                name: "ReturnReference",
                table: "product_order");
        }
    }
}
