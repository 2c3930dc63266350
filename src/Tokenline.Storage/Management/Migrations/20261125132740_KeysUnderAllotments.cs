using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    /// <inheritdoc />
    public partial class KeysUnderAllotments : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "Group",
                table: "party",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Region",
                table: "party",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "AllotmentId",
                table: "api_key",
                type: "INTEGER",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "Group",
                table: "party");

            migrationBuilder.DropColumn(
                name: "Region",
                table: "party");

            migrationBuilder.DropColumn(
                name: "AllotmentId",
                table: "api_key");
        }
    }
}
