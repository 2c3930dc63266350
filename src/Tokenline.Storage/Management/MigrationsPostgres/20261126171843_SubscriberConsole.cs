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
            migrationBuilder.AddColumn<long>(
                name: "OnlyPartyId",
                schema: "management",
                table: "session",
                type: "bigint",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "calling_terms",
                schema: "management",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_calling_terms", x => x.PartyId);
                    table.ForeignKey(
                        name: "FK_calling_terms_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "identity_link",
                schema: "management",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    Subject = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    MembershipId = table.Column<long>(type: "bigint", nullable: false),
                    At = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_identity_link", x => new { x.PartyId, x.Subject });
                    table.ForeignKey(
                        name: "FK_identity_link_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "identity_provider",
                schema: "management",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Issuer = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ClientId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Sealed = table.Column<byte[]>(type: "bytea", nullable: false),
                    At = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_identity_provider", x => x.PartyId);
                    table.ForeignKey(
                        name: "FK_identity_provider_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "invoice_recipient",
                schema: "management",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    Body = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ChangedAt = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invoice_recipient", x => x.PartyId);
                    table.ForeignKey(
                        name: "FK_invoice_recipient_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "passkey",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PhoneNumber = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PublicKey = table.Column<byte[]>(type: "bytea", nullable: false),
                    Counter = table.Column<long>(type: "bigint", nullable: false),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    UsedAt = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_passkey", x => x.Id);
                });

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
                name: "IX_identity_provider_Name",
                schema: "management",
                table: "identity_provider",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_passkey_PhoneNumber",
                schema: "management",
                table: "passkey",
                column: "PhoneNumber");

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
                name: "calling_terms",
                schema: "management");

            migrationBuilder.DropTable(
                name: "identity_link",
                schema: "management");

            migrationBuilder.DropTable(
                name: "identity_provider",
                schema: "management");

            migrationBuilder.DropTable(
                name: "invoice_recipient",
                schema: "management");

            migrationBuilder.DropTable(
                name: "passkey",
                schema: "management");

            migrationBuilder.DropTable(
                name: "refund_request",
                schema: "management");

            migrationBuilder.DropColumn(
                name: "OnlyPartyId",
                schema: "management",
                table: "session");
        }
    }
}
