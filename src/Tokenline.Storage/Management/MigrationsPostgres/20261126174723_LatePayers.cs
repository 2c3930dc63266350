using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    /// <inheritdoc />
    public partial class LatePayers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "LookAt",
                schema: "management",
                table: "top_up",
                type: "text",
                nullable: true,
                collation: "C");

            migrationBuilder.AddColumn<int>(
                name: "Method",
                schema: "management",
                table: "auto_pack_purchase",
                type: "integer",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_top_up_LookAt",
                schema: "management",
                table: "top_up",
                column: "LookAt",
                filter: "\"LookAt\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_top_up_LookAt",
                schema: "management",
                table: "top_up");

            migrationBuilder.DropColumn(
                name: "LookAt",
                schema: "management",
                table: "top_up");

            migrationBuilder.DropColumn(
                name: "Method",
                schema: "management",
                table: "auto_pack_purchase");
        }
    }
}
