using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

#pragma warning disable CA1814 // Prefer jagged arrays over multidimensional

namespace Tokenline.Storage.Management.Migrations
{
    [DbContext(typeof(ManagementDb))]
    [Migration("20261126062436_ConfigurationVersions")]
    public class ConfigurationVersions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "Changed",
                table: "api_key",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "configuration_version",
                columns: table => new
                {
                    Area = table.Column<string>(type: "TEXT", nullable: false),
                    Version = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_configuration_version", x => x.Area);
                });

            migrationBuilder.CreateTable(
                name: "protection_key",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Sealed = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_protection_key", x => x.Number);
                });

            migrationBuilder.InsertData(
                table: "configuration_version",
                columns: new[] { "Area", "Version" },
                columnTypes: new[] { "TEXT", "INTEGER" },
                values: new object[,]
                {
                    { "catalogue", 0L },
                    { "keys", 0L },
                    { "substitutions", 0L },
                    { "tariffs", 0L }
                });

            migrationBuilder.CreateIndex(
                name: "IX_api_key_Changed",
                table: "api_key",
                column: "Changed");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "configuration_version");

            migrationBuilder.DropTable(
                name: "protection_key");

            migrationBuilder.DropIndex(
                name: "IX_api_key_Changed",
                table: "api_key");

            migrationBuilder.DropColumn(
                name: "Changed",
                table: "api_key");
        }
    }
}
