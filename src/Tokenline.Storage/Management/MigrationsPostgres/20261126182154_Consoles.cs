using System;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    [DbContext(typeof(PostgresManagementDb))]
    [Migration("20261126182154_Consoles")]
    public class Consoles : Migration
    {
        /// <summary>Its version is all that is asked of the model: without one, a column that is altered is given its type again.</summary>
        protected override void BuildTargetModel(ModelBuilder modelBuilder) => modelBuilder.HasAnnotation("ProductVersion", "10.0.15");

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_session_party_PartyId",
                schema: "management",
                table: "session");

            migrationBuilder.AddColumn<string>(
                name: "LookAt",
                schema: "management",
                table: "top_up",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AlterColumn<long>(
                name: "PartyId",
                schema: "management",
                table: "session",
                type: "bigint",
                nullable: true,
                oldClrType: typeof(long),
                oldType: "bigint");

            migrationBuilder.AddColumn<long>(
                name: "OnlyPartyId",
                schema: "management",
                table: "session",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Method",
                schema: "management",
                table: "auto_pack_purchase",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "audit_entry",
                schema: "management",
                columns: table => new
                {
                    Number = table.Column<long>(type: "bigint", nullable: false),
                    At = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ActorKind = table.Column<int>(type: "integer", nullable: false),
                    ActorId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ActorName = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Address = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Action = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SubjectKind = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SubjectId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PartyId = table.Column<long>(type: "bigint", nullable: true),
                    Vendor = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Before = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    After = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Why = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Stage = table.Column<int>(type: "integer", nullable: false),
                    Of = table.Column<long>(type: "bigint", nullable: true),
                    Previous = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Hash = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_entry", x => x.Number);
                });

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
                name: "quality_day",
                schema: "management",
                columns: table => new
                {
                    Deployment = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Day = table.Column<DateOnly>(type: "date", nullable: false),
                    Model = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Vendor = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Served = table.Column<long>(type: "bigint", nullable: false),
                    ConnectFailed = table.Column<long>(type: "bigint", nullable: false),
                    TimedOut = table.Column<long>(type: "bigint", nullable: false),
                    VendorError = table.Column<long>(type: "bigint", nullable: false),
                    Limited = table.Column<long>(type: "bigint", nullable: false),
                    Refused = table.Column<long>(type: "bigint", nullable: false),
                    Broken = table.Column<long>(type: "bigint", nullable: false),
                    FirstTokens = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    OutputTokens = table.Column<long>(type: "bigint", nullable: false),
                    StreamedTokens = table.Column<long>(type: "bigint", nullable: false),
                    StreamedMilliseconds = table.Column<long>(type: "bigint", nullable: false),
                    EnergyTokens = table.Column<long>(type: "bigint", nullable: false),
                    Joules = table.Column<double>(type: "double precision", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_quality_day", x => new { x.Day, x.Deployment });
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

            migrationBuilder.CreateTable(
                name: "staff",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PhoneNumber = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    LivePhoneNumber = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Roles = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Vendor = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_staff", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_top_up_LookAt",
                schema: "management",
                table: "top_up",
                column: "LookAt",
                filter: "\"LookAt\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_audit_entry_ActorId_Number",
                schema: "management",
                table: "audit_entry",
                columns: new[] { "ActorId", "Number" });

            migrationBuilder.CreateIndex(
                name: "IX_audit_entry_Of",
                schema: "management",
                table: "audit_entry",
                column: "Of");

            migrationBuilder.CreateIndex(
                name: "IX_audit_entry_PartyId_Number",
                schema: "management",
                table: "audit_entry",
                columns: new[] { "PartyId", "Number" });

            migrationBuilder.CreateIndex(
                name: "IX_audit_entry_SubjectId_Number",
                schema: "management",
                table: "audit_entry",
                columns: new[] { "SubjectId", "Number" });

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
                name: "IX_quality_day_Model_Day",
                schema: "management",
                table: "quality_day",
                columns: new[] { "Model", "Day" });

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

            migrationBuilder.CreateIndex(
                name: "IX_staff_LivePhoneNumber",
                schema: "management",
                table: "staff",
                column: "LivePhoneNumber",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_staff_Vendor",
                schema: "management",
                table: "staff",
                column: "Vendor");

            migrationBuilder.AddForeignKey(
                name: "FK_session_party_PartyId",
                schema: "management",
                table: "session",
                column: "PartyId",
                principalSchema: "management",
                principalTable: "party",
                principalColumn: "Id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_session_party_PartyId",
                schema: "management",
                table: "session");

            migrationBuilder.DropTable(
                name: "audit_entry",
                schema: "management");

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
                name: "quality_day",
                schema: "management");

            migrationBuilder.DropTable(
                name: "refund_request",
                schema: "management");

            migrationBuilder.DropTable(
                name: "staff",
                schema: "management");

            migrationBuilder.DropIndex(
                name: "IX_top_up_LookAt",
                schema: "management",
                table: "top_up");

            migrationBuilder.DropColumn(
                name: "LookAt",
                schema: "management",
                table: "top_up");

            migrationBuilder.DropColumn(
                name: "OnlyPartyId",
                schema: "management",
                table: "session");

            migrationBuilder.DropColumn(
                name: "Method",
                schema: "management",
                table: "auto_pack_purchase");

            migrationBuilder.AlterColumn<long>(
                name: "PartyId",
                schema: "management",
                table: "session",
                type: "bigint",
                nullable: false,
                defaultValue: 0L,
                oldClrType: typeof(long),
                oldType: "bigint",
                oldNullable: true);

            migrationBuilder.AddForeignKey(
                name: "FK_session_party_PartyId",
                schema: "management",
                table: "session",
                column: "PartyId",
                principalSchema: "management",
                principalTable: "party",
                principalColumn: "Id",
                onDelete: ReferentialAction.Cascade);
        }
    }
}
