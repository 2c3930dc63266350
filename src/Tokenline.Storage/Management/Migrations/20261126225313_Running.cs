using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    /// <inheritdoc />
    public partial class Running : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "Arrears",
                table: "billing_account",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "running_setting",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<string>(type: "TEXT", nullable: false),
                    ChangedAt = table.Column<string>(type: "TEXT", nullable: false),
                    By = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_running_setting", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "what_if_run",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    AskedAt = table.Column<string>(type: "TEXT", nullable: false),
                    EndedAt = table.Column<string>(type: "TEXT", nullable: true),
                    State = table.Column<int>(type: "INTEGER", nullable: false),
                    IsCancelled = table.Column<bool>(type: "INTEGER", nullable: false),
                    Request = table.Column<string>(type: "TEXT", nullable: false),
                    Report = table.Column<string>(type: "TEXT", nullable: true),
                    Failure = table.Column<string>(type: "TEXT", nullable: true),
                    Looked = table.Column<long>(type: "INTEGER", nullable: false),
                    Of = table.Column<long>(type: "INTEGER", nullable: false),
                    Worker = table.Column<string>(type: "TEXT", nullable: true),
                    SeenAt = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_what_if_run", x => x.Id);
                });

            migrationBuilder.InsertData(
                table: "configuration_version",
                columns: new[] { "Area", "Version" },
                columnTypes: new[] { "TEXT", "INTEGER" },
                values: new object[] { "settings", 0L });

            migrationBuilder.CreateIndex(
                name: "IX_what_if_run_AskedAt",
                table: "what_if_run",
                column: "AskedAt");

            migrationBuilder.CreateIndex(
                name: "IX_what_if_run_State",
                table: "what_if_run",
                column: "State");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "running_setting");

            migrationBuilder.DropTable(
                name: "what_if_run");

            migrationBuilder.DeleteData(
                table: "configuration_version",
                keyColumn: "Area",
                keyValue: "settings");

            migrationBuilder.DropColumn(
                name: "Arrears",
                table: "billing_account");
        }
    }
}
