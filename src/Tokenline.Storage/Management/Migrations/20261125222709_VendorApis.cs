using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.Migrations
{
    [DbContext(typeof(ManagementDb))]
    [Migration("20261125222709_VendorApis")]
    public class VendorApis : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "AllowsPrivateAddress",
                table: "vendor",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Apis",
                table: "vendor",
                type: "TEXT",
                nullable: false,
                defaultValue: "openai-chat");

            migrationBuilder.AddColumn<int>(
                name: "Kind",
                table: "model",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            // What was entered before there was a rule goes on to work.
            migrationBuilder.Sql("UPDATE vendor SET AllowsPrivateAddress = 1;");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "AllowsPrivateAddress",
                table: "vendor");

            migrationBuilder.DropColumn(
                name: "Apis",
                table: "vendor");

            migrationBuilder.DropColumn(
                name: "Kind",
                table: "model");
        }
    }
}
