using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    [DbContext(typeof(PostgresManagementDb))]
    [Migration("20261126151101_Shares")]
    public class Shares : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "pool_share",
                schema: "management",
                columns: table => new
                {
                    SubscriptionId = table.Column<long>(type: "bigint", nullable: false),
                    AllotmentId = table.Column<long>(type: "bigint", nullable: false),
                    Least = table.Column<long>(type: "bigint", nullable: false),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_pool_share", x => new { x.SubscriptionId, x.AllotmentId });
                    table.ForeignKey(
                        name: "FK_pool_share_subscription_SubscriptionId",
                        column: x => x.SubscriptionId,
                        principalSchema: "management",
                        principalTable: "subscription",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "IX_subscription_payment_accrued",
                schema: "management",
                table: "subscription_payment",
                column: "Number",
                filter: "\"State\" = 6"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "pool_share", schema: "management");

            migrationBuilder.DropIndex(name: "IX_subscription_payment_accrued", schema: "management", table: "subscription_payment");
        }
    }
}
