using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    /// <inheritdoc />
    public partial class SubscriberConsole : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "refund_request",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    AccountId = table.Column<long>(type: "bigint", nullable: false),
                    ChargeId = table.Column<long>(type: "bigint", nullable: false),
                    LiveId = table.Column<long>(type: "bigint", nullable: true),
                    ById = table.Column<long>(type: "bigint", nullable: true),
                    Reason = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    Millionths = table.Column<int>(type: "integer", nullable: true),
                    Answer = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    DecidedBy = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_refund_request", x => x.Id);
                    table.ForeignKey(
                        name: "FK_refund_request_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_refund_request_ChargeId_Id",
                schema: "management",
                table: "refund_request",
                columns: new[] { "ChargeId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_refund_request_LiveId",
                schema: "management",
                table: "refund_request",
                column: "LiveId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_refund_request_PartyId_Id",
                schema: "management",
                table: "refund_request",
                columns: new[] { "PartyId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_refund_request_State_Id",
                schema: "management",
                table: "refund_request",
                columns: new[] { "State", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "refund_request",
                schema: "management");
        }
    }
}
