using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    [DbContext(typeof(PostgresManagementDb))]
    [Migration("20261126102311_Subscriptions")]
    public class Subscriptions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "subscription",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    State = table.Column<int>(type: "integer", nullable: false),
                    DueAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Version = table.Column<long>(type: "bigint", nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_subscription", x => x.Id);
                    table.ForeignKey(
                        name: "FK_subscription_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "FK_subscription_product_Id",
                        column: x => x.Id,
                        principalSchema: "management",
                        principalTable: "product",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "subscription_payment",
                schema: "management",
                columns: table => new
                {
                    Number = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Correlator = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SubscriptionId = table.Column<long>(type: "bigint", nullable: false),
                    Kind = table.Column<int>(type: "integer", nullable: false),
                    Period = table.Column<int>(type: "integer", nullable: false),
                    AmountNano = table.Column<long>(type: "bigint", nullable: false),
                    Currency = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    From = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    To = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    AskedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Reference = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Reason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_subscription_payment", x => x.Number);
                    table.ForeignKey(
                        name: "FK_subscription_payment_subscription_SubscriptionId",
                        column: x => x.SubscriptionId,
                        principalSchema: "management",
                        principalTable: "subscription",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "IX_subscription_DueAt_Id",
                schema: "management",
                table: "subscription",
                columns: new[] { "DueAt", "Id" },
                filter: "\"DueAt\" IS NOT NULL"
            );

            migrationBuilder.CreateIndex(name: "IX_subscription_PartyId", schema: "management", table: "subscription", column: "PartyId");

            migrationBuilder.CreateIndex(
                name: "IX_subscription_payment_Correlator",
                schema: "management",
                table: "subscription_payment",
                column: "Correlator",
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_subscription_payment_SubscriptionId",
                schema: "management",
                table: "subscription_payment",
                column: "SubscriptionId"
            );

            migrationBuilder.CreateIndex(
                name: "IX_subscription_payment_owed",
                schema: "management",
                table: "subscription_payment",
                column: "Number",
                filter: "\"State\" = 4"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "subscription_payment", schema: "management");

            migrationBuilder.DropTable(name: "subscription", schema: "management");
        }
    }
}
