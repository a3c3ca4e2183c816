// Sends one letter with nodemailer. stdin: {"transport": ..., "message": ...}, as its createTransport
// and sendMail take them. The exit status is 0 if the letter was accepted.
const nodemailer = require("nodemailer");

const {transport, message} = JSON.parse(require("fs").readFileSync(0, "utf8"));
nodemailer.createTransport(transport).sendMail(message).then(
  (info) => console.log(info.response),
  (error) => {
    console.error(`${error.code}: ${error.message}`);
    process.exitCode = 1;
  });
