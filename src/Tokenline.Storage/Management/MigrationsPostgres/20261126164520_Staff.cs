using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    /// <inheritdoc />
    public partial class Staff : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropForeignKey(
                name: "FK_session_party_PartyId",
                schema: "management",
                table: "session");

            migrationBuilder.AlterColumn<long>(
                name: "PartyId",
                schema: "management",
                table: "session",
                type: "bigint",
                nullable: true,
                oldClrType: typeof(long),
                oldType: "bigint");

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
                name: "staff",
                schema: "management");

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
