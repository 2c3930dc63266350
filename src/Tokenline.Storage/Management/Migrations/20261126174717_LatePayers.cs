using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    /// <inheritdoc />
    public partial class LatePayers : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "LookAt",
                table: "top_up",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "Method",
                table: "auto_pack_purchase",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_top_up_LookAt",
                table: "top_up",
                column: "LookAt",
                filter: "\"LookAt\" IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_top_up_LookAt",
                table: "top_up");

            migrationBuilder.DropColumn(
                name: "LookAt",
                table: "top_up");

            migrationBuilder.DropColumn(
                name: "Method",
                table: "auto_pack_purchase");
        }
    }
}
