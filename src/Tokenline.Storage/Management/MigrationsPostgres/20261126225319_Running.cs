using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    /// <inheritdoc />
    public partial class Running : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Arrears",
                schema: "management",
                table: "billing_account",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "running_setting",
                schema: "management",
                columns: table => new
                {
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Value = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ChangedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    By = table.Column<string>(type: "text", nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_running_setting", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "what_if_run",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AskedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    IsCancelled = table.Column<bool>(type: "boolean", nullable: false),
                    Request = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Report = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Failure = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Looked = table.Column<long>(type: "bigint", nullable: false),
                    Of = table.Column<long>(type: "bigint", nullable: false),
                    Worker = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    SeenAt = table.Column<string>(type: "text", nullable: true, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_what_if_run", x => x.Id);
                });

            migrationBuilder.InsertData(
                schema: "management",
                table: "configuration_version",
                columns: new[] { "Area", "Version" },
                columnTypes: new[] { "text", "bigint" },
                values: new object[] { "settings", 0L });

            migrationBuilder.CreateIndex(
                name: "IX_what_if_run_AskedAt",
                schema: "management",
                table: "what_if_run",
                column: "AskedAt");

            migrationBuilder.CreateIndex(
                name: "IX_what_if_run_State",
                schema: "management",
                table: "what_if_run",
                column: "State");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "running_setting",
                schema: "management");

            migrationBuilder.DropTable(
                name: "what_if_run",
                schema: "management");

            migrationBuilder.DeleteData(
                schema: "management",
                table: "configuration_version",
                keyColumn: "Area",
                keyValue: "settings");

            migrationBuilder.DropColumn(
                name: "Arrears",
                schema: "management",
                table: "billing_account");
        }
    }
}
