using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    /// <inheritdoc />
    public partial class SubscriberConsole : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "OnlyPartyId",
                table: "session",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "calling_terms",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_calling_terms", x => x.PartyId);
                    table.ForeignKey(
                        name: "FK_calling_terms_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "identity_link",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Subject = table.Column<string>(type: "TEXT", nullable: false),
                    MembershipId = table.Column<long>(type: "INTEGER", nullable: false),
                    At = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_identity_link", x => new { x.PartyId, x.Subject });
                    table.ForeignKey(
                        name: "FK_identity_link_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "identity_provider",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Issuer = table.Column<string>(type: "TEXT", nullable: false),
                    ClientId = table.Column<string>(type: "TEXT", nullable: false),
                    Sealed = table.Column<byte[]>(type: "BLOB", nullable: false),
                    At = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_identity_provider", x => x.PartyId);
                    table.ForeignKey(
                        name: "FK_identity_provider_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "invoice_recipient",
                columns: table => new
                {
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false),
                    ChangedAt = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invoice_recipient", x => x.PartyId);
                    table.ForeignKey(
                        name: "FK_invoice_recipient_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "passkey",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    PhoneNumber = table.Column<string>(type: "TEXT", nullable: false),
                    PublicKey = table.Column<byte[]>(type: "BLOB", nullable: false),
                    Counter = table.Column<long>(type: "INTEGER", nullable: false),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<string>(type: "TEXT", nullable: false),
                    UsedAt = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_passkey", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "refund_request",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    PartyId = table.Column<long>(type: "INTEGER", nullable: false),
                    AccountId = table.Column<long>(type: "INTEGER", nullable: false),
                    ChargeId = table.Column<long>(type: "INTEGER", nullable: false),
                    LiveId = table.Column<long>(type: "INTEGER", nullable: true),
                    ById = table.Column<long>(type: "INTEGER", nullable: true),
                    Reason = table.Column<string>(type: "TEXT", nullable: false),
                    At = table.Column<string>(type: "TEXT", nullable: false),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    Millionths = table.Column<int>(type: "INTEGER", nullable: true),
                    Answer = table.Column<string>(type: "TEXT", nullable: true),
                    DecidedBy = table.Column<string>(type: "TEXT", nullable: true),
                    EndedAt = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_refund_request", x => x.Id);
                    table.ForeignKey(
                        name: "FK_refund_request_party_PartyId",
                        column: x => x.PartyId,
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_identity_provider_Name",
                table: "identity_provider",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_passkey_PhoneNumber",
                table: "passkey",
                column: "PhoneNumber");

            migrationBuilder.CreateIndex(
                name: "IX_refund_request_ChargeId_Id",
                table: "refund_request",
                columns: new[] { "ChargeId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_refund_request_LiveId",
                table: "refund_request",
                column: "LiveId",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_refund_request_PartyId_Id",
                table: "refund_request",
                columns: new[] { "PartyId", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_refund_request_State_Id",
                table: "refund_request",
                columns: new[] { "State", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "calling_terms");

            migrationBuilder.DropTable(
                name: "identity_link");

            migrationBuilder.DropTable(
                name: "identity_provider");

            migrationBuilder.DropTable(
                name: "invoice_recipient");

            migrationBuilder.DropTable(
                name: "passkey");

            migrationBuilder.DropTable(
                name: "refund_request");

            migrationBuilder.DropColumn(
                name: "OnlyPartyId",
                table: "session");
        }
    }
}
