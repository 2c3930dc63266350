using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    [DbContext(typeof(ManagementDb))]
    [Migration("20261126151053_Shares")]
    public class Shares : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "pool_share",
                columns: table => new
                {
                    SubscriptionId = table.Column<long>(type: "INTEGER", nullable: false),
                    AllotmentId = table.Column<long>(type: "INTEGER", nullable: false),
                    Least = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_pool_share", x => new { x.SubscriptionId, x.AllotmentId });
                    table.ForeignKey(
                        name: "FK_pool_share_subscription_SubscriptionId",
                        column: x => x.SubscriptionId,
                        principalTable: "subscription",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_subscription_payment_accrued",
                table: "subscription_payment",
                column: "Number",
                filter: "\"State\" = 6");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "pool_share");

            migrationBuilder.DropIndex(
                name: "IX_subscription_payment_accrued",
                table: "subscription_payment");
        }
    }
}
