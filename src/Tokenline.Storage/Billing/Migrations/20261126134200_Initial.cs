using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Billing.Migrations
{
    [DbContext(typeof(BillingDb))]
    [Migration("20261126134200_Initial")]
    public class Initial : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "balance",
                columns: table => new
                {
                    Account = table.Column<string>(type: "TEXT", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", nullable: false),
                    Units = table.Column<long>(type: "INTEGER", nullable: false),
                    Nano = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_balance", x => new { x.Account, x.Currency });
                });

            migrationBuilder.CreateTable(
                name: "billed_account",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_billed_account", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "bucket",
                columns: table => new
                {
                    Id = table.Column<long>(type: "INTEGER", nullable: false),
                    Payer = table.Column<long>(type: "INTEGER", nullable: false),
                    Period = table.Column<int>(type: "INTEGER", nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bucket", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "bucket_move",
                columns: table => new
                {
                    Bucket = table.Column<long>(type: "INTEGER", nullable: false),
                    Period = table.Column<int>(type: "INTEGER", nullable: false),
                    Payer = table.Column<long>(type: "INTEGER", nullable: false),
                    Added = table.Column<long>(type: "INTEGER", nullable: false),
                    Taken = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_bucket_move", x => new { x.Bucket, x.Period });
                });

            migrationBuilder.CreateTable(
                name: "document",
                columns: table => new
                {
                    Kind = table.Column<int>(type: "INTEGER", nullable: false),
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Group = table.Column<string>(type: "TEXT", nullable: false),
                    Period = table.Column<int>(type: "INTEGER", nullable: true),
                    Version = table.Column<long>(type: "INTEGER", nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_document", x => new { x.Kind, x.Id });
                });

            migrationBuilder.CreateTable(
                name: "earned",
                columns: table => new
                {
                    Sale = table.Column<string>(type: "TEXT", nullable: false),
                    Unit = table.Column<string>(type: "TEXT", nullable: false),
                    Account = table.Column<long>(type: "INTEGER", nullable: false),
                    Used = table.Column<long>(type: "INTEGER", nullable: false),
                    EarnedNano = table.Column<long>(type: "INTEGER", nullable: false),
                    BrokenNano = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_earned", x => new { x.Sale, x.Unit });
                });

            migrationBuilder.CreateTable(
                name: "leased_account",
                columns: table => new
                {
                    Lessee = table.Column<long>(type: "INTEGER", nullable: false),
                    Lessor = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_leased_account", x => x.Lessee);
                });

            migrationBuilder.CreateTable(
                name: "mark",
                columns: table => new
                {
                    Name = table.Column<string>(type: "TEXT", nullable: false),
                    Value = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_mark", x => x.Name);
                });

            migrationBuilder.CreateTable(
                name: "sale",
                columns: table => new
                {
                    Id = table.Column<string>(type: "TEXT", nullable: false),
                    Account = table.Column<long>(type: "INTEGER", nullable: false),
                    Period = table.Column<int>(type: "INTEGER", nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sale", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "settlement_base",
                columns: table => new
                {
                    Period = table.Column<int>(type: "INTEGER", nullable: false),
                    Vendor = table.Column<string>(type: "TEXT", nullable: false),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    Channel = table.Column<string>(type: "TEXT", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", nullable: false),
                    Nano = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_settlement_base", x => new { x.Period, x.Vendor, x.Model, x.Channel, x.Currency });
                });

            migrationBuilder.CreateTable(
                name: "transfer",
                columns: table => new
                {
                    Number = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    Id = table.Column<string>(type: "TEXT", nullable: true),
                    Period = table.Column<int>(type: "INTEGER", nullable: false),
                    Content = table.Column<long>(type: "INTEGER", nullable: false),
                    Body = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_transfer", x => x.Number);
                });

            migrationBuilder.CreateTable(
                name: "usage_sum",
                columns: table => new
                {
                    Payer = table.Column<long>(type: "INTEGER", nullable: false),
                    Period = table.Column<int>(type: "INTEGER", nullable: false),
                    Bucket = table.Column<long>(type: "INTEGER", nullable: false),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    Vendor = table.Column<string>(type: "TEXT", nullable: false),
                    Deployment = table.Column<string>(type: "TEXT", nullable: false),
                    Key = table.Column<long>(type: "INTEGER", nullable: false),
                    Allotment = table.Column<long>(type: "INTEGER", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", nullable: false),
                    Calls = table.Column<long>(type: "INTEGER", nullable: false),
                    Input = table.Column<long>(type: "INTEGER", nullable: false),
                    Output = table.Column<long>(type: "INTEGER", nullable: false),
                    Amount = table.Column<long>(type: "INTEGER", nullable: false),
                    WorthNano = table.Column<long>(type: "INTEGER", nullable: false),
                    UncollectedNano = table.Column<long>(type: "INTEGER", nullable: false),
                    FreeNano = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_usage_sum", x => new { x.Payer, x.Period, x.Bucket, x.Model, x.Vendor, x.Deployment, x.Key, x.Allotment, x.Currency });
                });

            migrationBuilder.CreateTable(
                name: "vendor_cost",
                columns: table => new
                {
                    Period = table.Column<int>(type: "INTEGER", nullable: false),
                    Vendor = table.Column<string>(type: "TEXT", nullable: false),
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    ContractVersion = table.Column<int>(type: "INTEGER", nullable: false),
                    Currency = table.Column<string>(type: "TEXT", nullable: false),
                    Calls = table.Column<long>(type: "INTEGER", nullable: false),
                    Nano = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vendor_cost", x => new { x.Period, x.Vendor, x.Day, x.Model, x.ContractVersion, x.Currency });
                });

            migrationBuilder.CreateTable(
                name: "vendor_usage",
                columns: table => new
                {
                    Vendor = table.Column<string>(type: "TEXT", nullable: false),
                    Day = table.Column<int>(type: "INTEGER", nullable: false),
                    Model = table.Column<string>(type: "TEXT", nullable: false),
                    Deployment = table.Column<string>(type: "TEXT", nullable: false),
                    Meter = table.Column<string>(type: "TEXT", nullable: false),
                    IsAttempt = table.Column<bool>(type: "INTEGER", nullable: false),
                    Quantity = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_vendor_usage", x => new { x.Vendor, x.Day, x.Model, x.Deployment, x.Meter, x.IsAttempt });
                });

            migrationBuilder.CreateIndex(
                name: "IX_bucket_Payer",
                table: "bucket",
                column: "Payer");

            migrationBuilder.CreateIndex(
                name: "IX_bucket_move_Payer",
                table: "bucket_move",
                column: "Payer");

            migrationBuilder.CreateIndex(
                name: "IX_document_Kind_Group_Id",
                table: "document",
                columns: new[] { "Kind", "Group", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_document_Kind_Period_Id",
                table: "document",
                columns: new[] { "Kind", "Period", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_earned_Account",
                table: "earned",
                column: "Account");

            migrationBuilder.CreateIndex(
                name: "IX_sale_Account",
                table: "sale",
                column: "Account");

            migrationBuilder.CreateIndex(
                name: "IX_transfer_Id",
                table: "transfer",
                column: "Id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "balance");

            migrationBuilder.DropTable(
                name: "billed_account");

            migrationBuilder.DropTable(
                name: "bucket");

            migrationBuilder.DropTable(
                name: "bucket_move");

            migrationBuilder.DropTable(
                name: "document");

            migrationBuilder.DropTable(
                name: "earned");

            migrationBuilder.DropTable(
                name: "leased_account");

            migrationBuilder.DropTable(
                name: "mark");

            migrationBuilder.DropTable(
                name: "sale");

            migrationBuilder.DropTable(
                name: "settlement_base");

            migrationBuilder.DropTable(
                name: "transfer");

            migrationBuilder.DropTable(
                name: "usage_sum");

            migrationBuilder.DropTable(
                name: "vendor_cost");

            migrationBuilder.DropTable(
                name: "vendor_usage");
        }
    }
}
