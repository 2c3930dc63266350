using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    /// <inheritdoc />
    public partial class Notifications : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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
                name: "IX_product_ExpiresAt_Id",
                table: "product",
                columns: new[] { "ExpiresAt", "Id" });

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
                name: "IX_webhook_PartyId",
                table: "webhook",
                column: "PartyId");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "delivery");

            migrationBuilder.DropTable(
                name: "notification_settings");

            migrationBuilder.DropTable(
                name: "webhook");

            migrationBuilder.DropIndex(
                name: "IX_product_ExpiresAt_Id",
                table: "product");
        }
    }
}
